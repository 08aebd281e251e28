/*
 * lib_options.c - what a caller of the library asks for.
 */
#include <string.h>

#include "lib.h"

extern char **environ;

static bool sets_take(struct options *o, const char *const *set, struct fault *f)
{
	for (unsigned i = 0; set && set[i]; i++) {
		const char *equal = strchr(set[i], '=');
		if (i == PLAN_MAX_PARAMS || !equal || equal == set[i]) {
			return fault_say(f, ERR_USAGE,
					 "wrong `set` takes NAME=VALUE, at most 64: %s", set[i]);
		}
		o->sets[o->n_sets++] = (struct assignment){
		    .name = {set[i], (size_t)(equal - set[i])}, .value = equal + 1};
	}
	return true;
}

static bool files_take(struct options *o, const char *const *file, struct fault *f)
{
	for (unsigned i = 0; file && file[i]; i++) {
		const char *equal = strchr(file[i], '=');
		if (i == FILES_MAX || !equal || equal == file[i] || !equal[1]) {
			return fault_say(f, ERR_USAGE,
					 "wrong `file` takes NAME=PATH, at most 16: %s", file[i]);
		}
		o->files[o->n_files++] = (struct file_option){
		    .name = {file[i], (size_t)(equal - file[i])}, .path = equal + 1};
	}
	return true;
}

bool lib_options_take(struct start *s, const struct sbx_options *o)
{
	struct fault *f = s->run.fault;

	if (!o || o->size < offsetof(struct sbx_options, file) || !o->argv || !o->argv[0] || !o->argv[0][0]) {
		return fault_say(f, ERR_USAGE, "wrong options.size or options.argv is not set");
	}
	s->options.argv = o->argv;
	s->options.status_fd = -1;
	s->envp = o->envp ? o->envp : environ;
	s->directory = o->directory;
	for (int i = 0; i < 3; i++)
		s->stdio[i] = o->stdio ? o->stdio[i] : i;
	return sets_take(&s->options, o->set, f) &&
	       (o->size < sizeof(*o) || files_take(&s->options, o->file, f));
}
