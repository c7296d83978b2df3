/* What the parts of the networks share. */
#ifndef CLEANER_NETWORK_H
#define CLEANER_NETWORK_H

#include "native.h"

/* cleaner.model.own.Lines, line by line. */
typedef struct {
    const float *x, *weight;
    const uint8_t *prose;
    const int64_t *bag, *first, *runs;
    int columns;
    Py_ssize_t lines, words;
} Own;

/* Measures of the lines in `stay`, to `x`, `columns` numbers each; -1 if there is no memory. */
int place(const Own *own, const int64_t *stay, Py_ssize_t n, const int64_t *blanks, int columns, float *x);

#endif
