/* What the parts of the networks share. */
#ifndef CLEANER_NETWORK_H
#define CLEANER_NETWORK_H

#include "native.h"

#include <math.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* How many measures own.OWN has; Python hands in the number, which is checked. */
enum { OWN_COLUMNS = 35 };

/* Take the roots of a few numbers in a row, none of them negative. */
ALWAYS_INLINE void take_roots(float *x, int count)
{
    int i = 0;
#if defined(__SSE2__)
    for (; i + 4 <= count; i += 4)
        _mm_storeu_ps(x + i, _mm_sqrt_ps(_mm_loadu_ps(x + i)));
#endif
    for (; i < count; i++)
        x[i] = sqrtf(x[i]);
}

/* cleaner.model.own.Lines, line by line. */
typedef struct {
    const float *x, *weight;
    const uint8_t *prose;
    const int64_t *bag, *first, *runs;
    int columns;
    Py_ssize_t lines, words;
} Own;

/* -1 with an exception set unless the words of all lines are there, and have numbers that the network knows. */
int check_words(Py_ssize_t lines, const int64_t *first, const int64_t *runs, Py_ssize_t words, const int64_t *bag, Py_ssize_t buckets);

/* What cleaner.model.own knows of characters. */
typedef struct {
    const uint8_t *both;   /* by code point: its kind, and in the upper half what else it counts for */
    const float *extra;    /* characters, then words, that a letter of a dense script counts for more */
    Py_ssize_t dense;      /* how many sorts of these there are */
    const uint64_t *count; /* by a pair of kinds: two times seven counts of seven bits */
    const float *ends, *starts;
    Py_ssize_t size; /* code points that `both` knows */
    int shift;
} Tables;

/* The tables that make_tables made; NULL with an exception set if the object is none. */
const Tables *tables_of(PyObject *capsule);

/* cleaner.model.own.Lines, as it is filled in. */
typedef struct {
    Py_ssize_t lines;
    float *x, *weight, *words;
    uint8_t *prose;
    int64_t *bag, *first, *runs;
    Py_ssize_t used; /* of `bag` */
} Looked;

/* Measure a list of lines one by one, those that are `there` (all if NULL); -1 with an exception set if one is blank, or there
 * is no memory. To be forgotten in any case. */
int look_at(const Tables *t, PyObject *lines, const uint8_t *there, Looked *out);
void forget(Looked *looked);

/* How the lines in `stay` stand in their page, to `x`, PLACED numbers each; -1 if there is no memory. */
enum { PLACED = 15 };
int place(const Own *own, const int64_t *stay, Py_ssize_t n, const int64_t *blanks, float *x);

#endif
