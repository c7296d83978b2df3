/* What a line looks like from outside. */
#ifndef CLEANER_PROSE_H
#define CLEANER_PROSE_H

#include "native.h"

/* What prose.KINDS says of characters; NULL with an exception set if the object is not that. */
const uint8_t *take_kinds(Buffers *held, PyObject *kinds);

/* prose.word_count */
Py_ssize_t count_words(const uint8_t *kinds, PyObject *text);

/* prose.is_prose */
int reads_as_prose(const uint8_t *kinds, PyObject *text);

/* prose.breaks_off */
int breaks_off(const uint8_t *kinds, PyObject *text, Py_ssize_t narrow);

/* Whether a character is of a script without spaces, as prose.unspaced has it. */
int is_unspaced(const uint8_t *kinds, Py_UCS4 c);

#endif
