/* What lines are told by when copies of them are looked for. */
#ifndef CLEANER_KEYS_H
#define CLEANER_KEYS_H

#include "native.h"

typedef struct {
    const char *text;
    Py_ssize_t size;
    uint32_t same; /* 1 + the number of the first that is the same; 0 if it is empty */
} Key;

typedef struct {
    Py_ssize_t count;
    Key *key;
    int copies; /* whether there are two that are the same */
    PyObject *source;
    char *own;
} Keys;

/* The keys that make_keys made; NULL with an exception set if the object is none, or not of so many lines (any number if
 * negative). */
const Keys *keys_of(PyObject *capsule, Py_ssize_t lines);

#endif
