/*
 * view_mounts.h - mounts of the program's tree that show nothing of the host. Each returns a descriptor, or -1 with errno.
 */
#ifndef SBX_VIEW_MOUNTS_H
#define SBX_VIEW_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

/* A tmpfs for so many bytes and names; attributes: ATTR_ of mount_calls.h. */
int memory_mount(const char *mode, uint64_t size, uint64_t names, uint64_t attributes);
/* How many files go with a size: each costs memory of its own, whatever is in it. */
uint64_t memory_names(uint64_t size);
/* A copy of the mounts at fd and below, each with these attributes too, attached nowhere. */
int host_mount(int fd, uint64_t attributes);
/* Stands for a file that may not be opened. */
int file_hidden(void);
/* An option of a file system that is being made: the text with the number behind it. False with errno. */
bool fs_option_number(int fs, const char *name, const char *prefix, uint64_t number);

#endif
