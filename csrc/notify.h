/* notify.h - a unix socket on which waiters learn that their transfer is done.
 *
 * Owns: the listening socket, its waiters, one epoll descriptor over them all. Waiters send
 * "<tag>\n", one line at a time, and are sent '+' when it was read, '!' when the tag was woken
 * after that.
 * Stands on: sockets, epoll (Linux; elsewhere it says that it is not there).
 * Never: sends anything but one byte a waiter; blocks.
 */
#ifndef KL_NOTIFY_H
#define KL_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct kl_notify kl_notify;

/* NULL where it can't be had. The socket lies in a folder of its own, mode 0700. */
kl_notify *kl_notify_new(void);
const char *kl_notify_path(const kl_notify *n);
/* Readable when kl_notify_step has something to do. */
int kl_notify_fd(const kl_notify *n);
/* Takes new waiters and what they send. */
void kl_notify_step(kl_notify *n);
/* Sends '!' to every waiter of a tag. One that has been sent '+' looks once more whether it
 * still has to wait: no wake-up is lost in between. */
void kl_notify_wake(kl_notify *n, uint64_t tag);
void kl_notify_free(kl_notify *n);
/* Gives up a parent's socket in a forked child: it stays where it is. n may be NULL. */
void kl_notify_abandon(kl_notify *n);

#endif
