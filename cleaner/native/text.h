/* The network for text: its weights, and its layers. */
#ifndef CLEANER_TEXT_H
#define CLEANER_TEXT_H

#include "network.h"

enum { MOST_STEPS = 8, MOST_SEEN = 128 };

/* What says how hard to cut a page: Network.strictness. */
typedef struct {
    int hidden;
    const float *low, *high, *in, *in_bias, *out, *bias;
} Strict;

typedef struct {
    int in, width, pad, word, near, sizes, starts_at, ends_at, starts, ends, words_at, steps;
    Py_ssize_t buckets;
    const float *enter, *enter_bias, *scale, *enter_bag, *pool, *pool_bias, *around, *around_bias, *leave, *size;
    const int8_t *bag;
    Step step[MOST_STEPS];
    float leave_bias, limit;
    /* how a page's scores are summed up, and what that says of how hard to cut it */
    int bins, levels;
    const float *bin, *strictness;
    Strict strict[2]; /* for any text; for one that is known to be all of a page */
} Net;

/* The network that make_network made; NULL with an exception set if the object is none. */
const Net *net_of(PyObject *capsule);

/* What lines have of the first layer by themselves, and to `look` a number that is the same for lines that look alike; -1 if there
 * is no memory. */
int begin(const Net *w, const Own *own, int columns, int with_words, int64_t *look, float *out);

/* The chances of the lines in `stay`, given what `begin` gave for all and `place` for these; -1 if there is no memory. */
int forward(const Net *w, const Own *own, const int64_t *look, const float *begun, const float *placed, const int64_t *stay, Py_ssize_t n,
            float *scores);

#endif
