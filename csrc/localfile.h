/* localfile.h - the value `kling.file "path"`: a local image to be read when it is sent.
 *
 * Owns: the metatable kling.file and `core.file`.
 * Stands on: compat.h.
 * Never: opens the file.
 */
#ifndef KL_LOCALFILE_H
#define KL_LOCALFILE_H

#include "compat.h"

bool kl_localfile_is(lua_State *L, int i);
/* Its path, alive as long as the value is; "" when somebody emptied it. */
const char *kl_localfile_path(lua_State *L, int i);
/* Adds `file` to the module table on the top. */
void kl_localfile_register(lua_State *L);

#endif
