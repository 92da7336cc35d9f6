/* own.c - see own.h.
 *
 * Owns: nothing.
 * Stands on: own.h, open(2).
 * Never: follows a link that stands where the file is to be made.
 */
#define _POSIX_C_SOURCE 200809L
#include "own.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* core.pid(): another number in a forked child */
static int pid(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)getpid());
    return 1;
}

/* core.own_file(path) -> true: it was made, empty, 0600 | false: it exists | nil, message */
static int own_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0 && errno != EEXIST) {
        lua_pushnil(L);
        lua_pushstring(L, strerror(errno));
        return 2;
    }
    if (fd >= 0) close(fd);
    lua_pushboolean(L, fd >= 0);
    return 1;
}

void kl_own_register(lua_State *L)
{
    lua_pushcfunction(L, pid);
    lua_setfield(L, -2, "pid");
    lua_pushcfunction(L, own_file);
    lua_setfield(L, -2, "own_file");
}
