/*
 * errno_name.h - the names of errnos; musl has no strerrorname_np().
 */
#ifndef SBX_ERRNO_NAME_H
#define SBX_ERRNO_NAME_H

#include <errno.h>
#include <stdio.h>

/* What is not among them is said as a number, in memory that the next call writes. */
static const char *errno_name(int e)
{
	static const struct {
		int value;
		const char *name;
	} names[] = {
#define E(x) {x, #x}
	    E(EPERM),      E(ENOENT),       E(ESRCH),        E(EINTR),         E(EIO),
	    E(ENXIO),      E(E2BIG),        E(ENOEXEC),      E(EBADF),         E(ECHILD),
	    E(EAGAIN),     E(ENOMEM),       E(EACCES),       E(EFAULT),        E(EBUSY),
	    E(EEXIST),     E(EXDEV),        E(ENODEV),       E(ENOTDIR),       E(EISDIR),
	    E(EINVAL),     E(ENFILE),       E(EMFILE),       E(ENOTTY),        E(ETXTBSY),
	    E(EFBIG),      E(ENOSPC),       E(ESPIPE),       E(EROFS),         E(EMLINK),
	    E(EPIPE),      E(ENAMETOOLONG), E(ENOSYS),       E(ENOTEMPTY),     E(ELOOP),
	    E(EPROTO),     E(EOVERFLOW),    E(ENOTSOCK),     E(EMSGSIZE),      E(EPROTONOSUPPORT),
	    E(EOPNOTSUPP), E(EAFNOSUPPORT), E(EADDRINUSE),   E(EADDRNOTAVAIL), E(ENETUNREACH),
	    E(ECONNRESET), E(ETIMEDOUT),    E(ECONNREFUSED), E(ENOKEY),        E(ESOCKTNOSUPPORT),
#undef E
	};
	static char other[32];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].value == e)
			return names[i].name;
	snprintf(other, sizeof(other), "errno-%d", e);
	return other;
}

#endif
