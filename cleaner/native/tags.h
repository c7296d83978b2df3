/* The tags of a page as the parser sees them: cleaner.read.guard._tags. */
#ifndef CLEANER_TAGS_H
#define CLEANER_TAGS_H

#include "native.h"

enum { LONGEST_NAME = 24, MOST_OPEN = 1024 };

typedef struct {
    const char *end;
    const char *light, *drawn, *formatting, *text; /* names with a space before and behind each */
} Names;

/* A tag: what follows it, its name in small letters. */
typedef struct {
    const char *stop;
    char name[LONGEST_NAME + 3]; /* between two spaces; a longer one is cut short, and in no list */
    int size, closing, closes_itself;
} Tag;

int is_in(const char *list, const Tag *tag);
int is_name(const Tag *tag, const char *name);
/* guard._TAG at a <: 0 if no whole tag begins there. */
int read_tag(const char *at, const char *end, Tag *tag);
/* The same in steps: past the name of a tag, NULL if none begins at `at`; to the next attribute, or what ends the tag; past an
 * attribute's name; past its value, NULL if that has a quote which nothing ends; past what ends the tag, 0 if nothing does. */
const char *past_tag_name(const char *at, const char *end, Tag *tag);
const char *to_attribute(const char *at, const char *end);
const char *past_attribute_name(const char *at, const char *end);
const char *past_value(const char *at, const char *end);
int past_end(const char *at, const char *end, Tag *tag);
/* guard._past */
const char *past(const char *at, const char *end);
/* guard._past_text: NULL if the element may hold more than text. What it holds ends at `held`. */
const char *past_text(const char *at, const char *end, const Tag *tag, const char **held);
/* guard._past_drawing: NULL if there is more in it than drawings have, or it is too deep. */
const char *past_drawing(const char *at, const char *end, const Names *names, Py_ssize_t deepest, Tag *opened, const char **held);

#endif
