/* The network for text, from measures to chances: cleaner.model.network.Network.score and what it calls. */
#include "network.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_STEPS = 8, BLOCK = 48, MOST_SEEN = 128 };

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
    int step[MOST_STEPS];
    const float *step_weights[MOST_STEPS], *step_bias[MOST_STEPS];
    float leave_bias, limit;
    /* how a page's scores are summed up, and what that says of how hard to cut it */
    int bins, levels;
    const float *bin, *strictness;
    Strict strict[2]; /* for any text; for one that is known to be all of a page */
} Net;

static int read_strict(PyObject *tuple, Strict *s, int seen, int levels, Buffers *held)
{
    PyObject *a[6];
    if (!PyArg_ParseTuple(tuple, "OOOOOO:strictness", &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]) ||
        !(s->in_bias = take_buffer(held, a[3], -1, sizeof(float), 0)))
        return -1;
    const Py_ssize_t hidden = held->views[held->count - 1].len / (Py_ssize_t)sizeof(float);
    s->hidden = (int)hidden;
    return (s->low = take_buffer(held, a[0], seen, sizeof(float), 0)) && (s->high = take_buffer(held, a[1], seen, sizeof(float), 0)) &&
                   (s->in = take_buffer(held, a[2], hidden * seen, sizeof(float), 0)) &&
                   (s->out = take_buffer(held, a[4], levels * hidden, sizeof(float), 0)) &&
                   (s->bias = take_buffer(held, a[5], levels, sizeof(float), 0))
               ? 0
               : -1;
}

/* Read network.Network's tuple: numbers, then arrays. */
static int read_net(PyObject *tuple, Net *w, Buffers *held)
{
    PyObject *a[11], *b[4], *steps;
    if (!PyArg_ParseTuple(tuple, "iiiiiiiffOOOOOOOOOOOO!(OOO!O!):network", &w->width, &w->near, &w->words_at, &w->ends_at, &w->ends,
                          &w->starts_at, &w->starts, &w->leave_bias, &w->limit, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5],
                          &a[6], &a[7], &a[8], &a[9], &a[10], &PyTuple_Type, &steps, &b[0], &b[1], &PyTuple_Type, &b[2],
                          &PyTuple_Type, &b[3]))
        return -1;
    w->pad = PADDED(w->width);
    w->steps = (int)PyTuple_GET_SIZE(steps);
    const int pad = w->pad;
    if (w->width < 1 || w->width > 4096 || w->near < 1 || w->near > 1 << 20 || w->steps > MOST_STEPS)
        goto wrong;
    if (!(w->scale = take_buffer(held, a[3], -1, sizeof(float), 0)))
        return -1;
    w->word = (int)(held->views[held->count - 1].len / (Py_ssize_t)sizeof(float));
    if (!(w->enter = take_buffer(held, a[0], -1, pad * sizeof(float), 0)))
        return -1;
    w->in = (int)(held->views[held->count - 1].len / (Py_ssize_t)(pad * sizeof(float)));
    if (w->word < 1 || !(w->bag = take_buffer(held, a[2], -1, (size_t)w->word, 0)))
        return -1;
    w->buckets = held->views[held->count - 1].len / w->word;
    if (!(w->size = take_buffer(held, a[10], -1, sizeof(float), 0)))
        return -1;
    w->sizes = (int)(held->views[held->count - 1].len / (Py_ssize_t)sizeof(float));
    if (!(w->enter_bias = take_buffer(held, a[1], pad, sizeof(float), 0)) ||
        !(w->enter_bag = take_buffer(held, a[4], (Py_ssize_t)w->word * pad, sizeof(float), 0)) ||
        !(w->pool = take_buffer(held, a[5], 2 * (Py_ssize_t)w->width * pad, sizeof(float), 0)) ||
        !(w->pool_bias = take_buffer(held, a[6], pad, sizeof(float), 0)) ||
        !(w->around = take_buffer(held, a[7], (6 * (Py_ssize_t)w->width + 2) * pad, sizeof(float), 0)) ||
        !(w->around_bias = take_buffer(held, a[8], pad, sizeof(float), 0)) ||
        !(w->leave = take_buffer(held, a[9], 2 * (Py_ssize_t)pad, sizeof(float), 0)))
        return -1;
    for (int i = 0; i < w->steps; i++) {
        PyObject *weights, *bias;
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(steps, i), "iOO:step", &w->step[i], &weights, &bias))
            return -1;
        if (w->step[i] < 1 || w->step[i] > 1 << 16)
            goto wrong;
        if (!(w->step_weights[i] = take_buffer(held, weights, 3 * (Py_ssize_t)w->width * pad, sizeof(float), 0)) ||
            !(w->step_bias[i] = take_buffer(held, bias, pad, sizeof(float), 0)))
            return -1;
    }
    if (!(w->bin = take_buffer(held, b[0], -1, sizeof(float), 0)))
        return -1;
    w->bins = (int)(held->views[held->count - 1].len / (Py_ssize_t)sizeof(float)) + 1;
    if (!(w->strictness = take_buffer(held, b[1], -1, sizeof(float), 0)))
        return -1;
    w->levels = (int)(held->views[held->count - 1].len / (Py_ssize_t)sizeof(float));
    const int seen = 2 * w->bins + 5;
    if (seen > MOST_SEEN || w->levels > MOST_SEEN || w->levels < 1)
        goto wrong;
    for (int i = 0; i < 2; i++)
        if (read_strict(b[2 + i], &w->strict[i], seen, w->levels, held) < 0)
            return -1;
    if (w->words_at < 0 || w->words_at >= w->in - PLACED || w->ends_at < 0 || w->ends < 0 || w->ends_at + w->ends > w->in - PLACED ||
        w->starts_at < 0 || w->starts < 0 || w->starts_at + w->starts > w->in - PLACED)
        goto wrong;
    return 0;
wrong:
    PyErr_SetString(PyExc_ValueError, "weights of another make");
    return -1;
}

/* What the words of a line say: Network._words. */
ALWAYS_INLINE void say_words(const Net *w, const int64_t *bag, int64_t runs, float *out)
{
    enum { WIDE = 16, MOST = 256 }; /* so many words of seven bits are summed up in sixteen */
    int32_t sum[WIDE];
    const float root = sqrtf((float)runs + 1);
    for (int start = 0; start < w->word; start += WIDE) {
        const int count = w->word - start < WIDE ? w->word - start : WIDE;
        memset(sum, 0, sizeof sum);
        int64_t i = 0;
#if defined(__GNUC__)
        typedef int8_t Small __attribute__((vector_size(WIDE), aligned(1)));
        typedef int16_t Large __attribute__((vector_size(2 * WIDE)));
        while (count == WIDE && i < runs) {
            const int64_t stop = runs - i < MOST ? runs : i + MOST;
            Large total = {0};
            for (; i < stop; i++)
                total += __builtin_convertvector(*(const Small *)(w->bag + bag[i] * w->word + start), Large);
            for (int j = 0; j < WIDE; j++)
                sum[j] += total[j];
        }
#endif
        for (; i < runs; i++)
            for (int j = 0; j < count; j++)
                sum[j] += w->bag[bag[i] * w->word + start + j];
        for (int j = 0; j < count; j++)
            out[start + j] = (float)sum[j] / root * w->scale[start + j];
    }
}

/* Lines that are alike get the same number: around.alike. */
typedef struct {
    int64_t *of;
    float *mean; /* a row for each group; then the logarithm of its size */
    float *said; /* a row for each group: what its mean adds to the layer that sees it */
} Groups;

ALWAYS_INLINE int64_t looks_of(const Net *w, const float *line)
{
    int64_t size = 0;
    while (size < w->sizes && w->size[size] < line[w->words_at])
        size++;
    float ends = 0, starts = 0;
    for (int i = 0; i < w->ends; i++)
        ends += (float)(i + 1) * line[w->ends_at + i];
    for (int i = 0; i < w->starts; i++)
        starts += (float)(i + 1) * line[w->starts_at + i];
    return size * (w->ends + 1) * (w->starts + 1) + (int64_t)(ends * (float)(w->starts + 1) + starts);
}

/* Number the groups of equal keys in the order in which they come; the count, or -1 if there is no memory. */
static int64_t number_groups(const int64_t *key, Py_ssize_t n, int64_t *of)
{
    size_t room = 16;
    while (room < 2 * (size_t)n)
        room *= 2;
    int64_t *slots = PyMem_RawMalloc(room * sizeof(int64_t)), count = 0;
    if (!slots)
        return -1;
    memset(slots, -1, room * sizeof(int64_t));
    for (Py_ssize_t i = 0; i < n; i++) {
        size_t slot = ((uint64_t)key[i] * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (room - 1);
        while (slots[slot] >= 0 && key[slots[slot]] != key[i])
            slot = (slot + 1) & (room - 1);
        if (slots[slot] < 0) {
            slots[slot] = i;
            of[i] = count++;
        } else
            of[i] = of[slots[slot]];
    }
    PyMem_RawFree(slots);
    return count;
}

static int group(const Net *w, const int64_t *key, const float *h, Py_ssize_t n, const float *weights, const float *bias, Groups *out)
{
    const int pad = w->pad, row = pad + 1;
    if (!(out->of = PyMem_RawMalloc((size_t)n * sizeof(int64_t))))
        return -1;
    int64_t count = number_groups(key, n, out->of);
    if (count < 0 || !(out->mean = PyMem_RawCalloc((size_t)count * row, sizeof(float))) ||
        !(out->said = PyMem_RawMalloc((size_t)count * pad * sizeof(float))))
        return -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        float *mean = out->mean + out->of[i] * row;
        for (int j = 0; j < pad; j++)
            mean[j] += h[i * pad + j];
        mean[pad]++;
    }
    for (int64_t g = 0; g < count; g++) {
        float *mean = out->mean + g * row;
        for (int j = 0; j < pad; j++)
            mean[j] /= mean[pad];
        mean[pad] = logf(mean[pad]);
    }
    const Part parts[2] = {{out->mean, row, w->width, weights}, {out->mean + pad, row, 1, weights + (size_t)w->width * pad}};
    dense(parts, 2, count, bias, pad, out->said);
    return 0;
}

/* Of some lines, from the sums up to the last and up to the first of them. */
ALWAYS_INLINE void mean_of(const float *upto, const float *from, float share, int width, float *__restrict out)
{
    for (int j = 0; j < width; j++)
        out[j] = (upto[j] - from[j]) * share;
}

/* What a line sees besides those next to it and those alike: around.around. */
ALWAYS_INLINE void see_around(const Net *w, const float *__restrict sums, Py_ssize_t n, Py_ssize_t i, float *__restrict out)
{
    const int width = w->width, pad = w->pad;
    const Py_ssize_t near = w->near, from = i < near ? 0 : i - near, upto = i + near >= n ? n : i + 1 + near;
    const float before = 1 / (float)(i ? i : 1), after = 1 / (float)(n - 1 - i ? n - 1 - i : 1);
    const float near_before = 1 / (float)(i ? i - from : 1), near_after = 1 / (float)(n - 1 - i ? upto - 1 - i : 1);
    const float *here = sums + i * pad, *next = here + pad, *all = sums + n * pad, *first = sums + from * pad, *last = sums + upto * pad;
    mean_of(here, sums, before, width, out);
    mean_of(all, next, after, width, out + width);
    mean_of(here, first, near_before, width, out + 2 * (Py_ssize_t)width);
    mean_of(last, next, near_after, width, out + 3 * (Py_ssize_t)width);
}

/* What lines have of the first layer by themselves, whatever page they stand in: from their words, and the first `columns` of
 * the measures in `x`. And to `look` a number that is the same for lines that look alike. */
ALWAYS_INLINE int begin_body(const Net *w, const Own *own, int columns, int with_words, int64_t *look, float *out)
{
    float *said = PyMem_RawMalloc((size_t)BLOCK * w->word * sizeof(float));
    if (!said)
        return -1;
    for (Py_ssize_t i = 0; i < own->lines; i += BLOCK) {
        const Py_ssize_t count = own->lines - i < BLOCK ? own->lines - i : BLOCK;
        for (Py_ssize_t l = 0; with_words && l < count; l++)
            say_words(w, own->bag + own->first[i + l], own->runs[i + l], said + l * w->word);
        const Part parts[2] = {{own->x + i * own->columns, own->columns, columns, w->enter}, {said, w->word, w->word, w->enter_bag}};
        dense(parts, with_words ? 2 : 1, count, w->enter_bias, w->pad, out + i * w->pad);
    }
    PyMem_RawFree(said);
    for (Py_ssize_t i = 0; i < own->lines; i++)
        look[i] = looks_of(w, own->x + i * own->columns);
    return 0;
}
BY_PROCESSOR(int, begin, (const Net *w, const Own *own, int columns, int with_words, int64_t *look, float *out),
             (w, own, columns, with_words, look, out))

/* The layers, for those lines of `own` that are in `stay` (all if NULL): `look` and `begun` are what `begin` gave for all of own,
 * `placed` what `place` gave for these (NULL if it was among the measures). -1 if there is no memory. */
ALWAYS_INLINE int forward_body(const Net *w, const Own *own, const int64_t *look, const float *begun, const float *placed,
                               const int64_t *stay, Py_ssize_t n, float *scores)
{
    const float *weight = own->weight;
    const int pad = w->pad, width = w->width, seen_size = 4 * width;
    int reach = 0, result = -1;
    for (int s = 0; s < w->steps; s++)
        reach = w->step[s] > reach ? w->step[s] : reach;
    const size_t rows = (size_t)n + 2 * (size_t)reach, cells = rows * pad;
    float *h = PyMem_RawMalloc((size_t)n * pad * sizeof(float)), *sums = PyMem_RawMalloc(((size_t)n + 1) * pad * sizeof(float));
    float *one = PyMem_RawCalloc(cells, sizeof(float)), *other = PyMem_RawCalloc(cells, sizeof(float));
    float *seen = PyMem_RawMalloc((size_t)BLOCK * seen_size * sizeof(float)), *z = PyMem_RawMalloc((size_t)BLOCK * pad * sizeof(float));
    float *page = PyMem_RawMalloc((size_t)(2 * width + pad) * sizeof(float)), *nought = PyMem_RawCalloc((size_t)pad, sizeof(float));
    int64_t *looks = PyMem_RawMalloc((size_t)n * sizeof(int64_t)), *pairs = PyMem_RawMalloc((size_t)n * sizeof(int64_t));
    Groups groups[2] = {{NULL, NULL, NULL}, {NULL, NULL, NULL}};
    if (!h || !sums || !one || !other || !seen || !z || !page || !nought || !looks || !pairs)
        goto done;

    /* the rest of the measures */
    for (Py_ssize_t i = 0; i < n; i += BLOCK) {
        const Py_ssize_t count = n - i < BLOCK ? n - i : BLOCK;
        if (placed) {
            const Part part = {placed + i * PLACED, PLACED, PLACED, w->enter + (size_t)own->columns * pad};
            dense(&part, 1, count, nought, pad, z);
        } else
            memset(z, 0, (size_t)count * pad * sizeof(float));
        for (Py_ssize_t l = 0; l < count; l++) {
            const float *from = begun + (stay ? stay[i + l] : i + l) * pad;
            float *to = h + (i + l) * pad;
            for (int j = 0; j < pad; j++) {
                const float sum = from[j] + z[l * pad + j];
                to[j] = sum + fabsf(sum);
            }
        }
    }

    /* the page as a whole */
    double total = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        total += weight[stay ? stay[i] : i];
    memset(sums, 0, pad * sizeof(float));
    float *shares = page + 2 * width;
    memset(shares, 0, pad * sizeof(float));
    for (Py_ssize_t i = 0; i < n; i++) {
        const float share = weight[stay ? stay[i] : i] / (float)total;
        const float *now = h + i * pad;
        for (int j = 0; j < pad; j++) {
            sums[j] += now[j];
            shares[j] += now[j] * share;
        }
    }
    for (int j = 0; j < width; j++) {
        page[2 * j] = sums[j] / (float)n;
        page[2 * j + 1] = shares[j];
    }
    const Part view = {page, 2 * width, 2 * width, w->pool};
    dense(&view, 1, 1, w->pool_bias, pad, z);
    for (int j = 0; j < pad; j++)
        z[j] += fabsf(z[j]);
    float *now = one + (size_t)reach * pad;
    memset(sums, 0, pad * sizeof(float));
    for (Py_ssize_t i = 0; i < n; i++)
        for (int j = 0; j < pad; j++) {
            now[i * pad + j] = h[i * pad + j] + z[j];
            sums[(i + 1) * pad + j] = sums[i * pad + j] + h[i * pad + j];
        }

    /* those before, after and alike */
    const int64_t kinds = (int64_t)(w->ends + 1) * (w->starts + 1) * (w->sizes + 1);
    for (Py_ssize_t i = 0; i < n; i++)
        looks[i] = look[stay ? stay[i] : i];
    for (Py_ssize_t i = 0; i < n; i++)
        pairs[i] = looks[i] * kinds + (i + 1 < n ? looks[i + 1] : 0);
    const float *alike = w->around + (size_t)seen_size * pad;
    if (group(w, looks, h, n, alike, nought, &groups[0]) < 0 ||
        group(w, pairs, h, n, alike + (size_t)(width + 1) * pad, w->around_bias, &groups[1]) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < n; i += BLOCK) {
        const Py_ssize_t count = n - i < BLOCK ? n - i : BLOCK;
        for (Py_ssize_t l = 0; l < count; l++)
            see_around(w, sums, n, i + l, seen + l * seen_size);
        const Part part = {seen, seen_size, seen_size, w->around};
        dense(&part, 1, count, nought, pad, z);
        for (Py_ssize_t l = 0; l < count; l++) {
            const float *one_said = groups[0].said + groups[0].of[i + l] * pad, *other_said = groups[1].said + groups[1].of[i + l] * pad;
            float *to = now + (i + l) * pad;
            for (int j = 0; j < pad; j++) {
                const float sum = z[l * pad + j] + one_said[j] + other_said[j];
                to[j] += sum + fabsf(sum);
            }
        }
    }

    /* neighbours */
    for (int s = 0; s < w->steps; s++) {
        float *next = (now == one + (size_t)reach * pad ? other : one) + (size_t)reach * pad;
        const Py_ssize_t off = (Py_ssize_t)w->step[s] * pad;
        const float *weights = w->step_weights[s];
        const Part parts[3] = {{now - off, pad, width, weights},
                               {now, pad, width, weights + (size_t)width * pad},
                               {now + off, pad, width, weights + 2 * (size_t)width * pad}};
        dense_add(parts, 3, n, w->step_bias[s], pad, now, next);
        now = next;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        float part[PAD] = {0}, logit = 0;
        for (int j = 0; j < pad; j += PAD)
            for (int k = 0; k < PAD; k++)
                part[k] += w->leave[j + k] * now[i * pad + j + k] + w->leave[pad + j + k] * h[i * pad + j + k];
        for (int k = 0; k < PAD; k++)
            logit += part[k];
        logit += w->leave_bias;
        logit = logit < -w->limit ? -w->limit : logit > w->limit ? w->limit : logit;
        scores[i] = 1 / (1 + expf(-logit));
    }
    result = 0;
done:
    PyMem_RawFree(h);
    PyMem_RawFree(sums);
    PyMem_RawFree(one);
    PyMem_RawFree(other);
    PyMem_RawFree(seen);
    PyMem_RawFree(z);
    PyMem_RawFree(page);
    PyMem_RawFree(nought);
    PyMem_RawFree(looks);
    PyMem_RawFree(pairs);
    for (int g = 0; g < 2; g++) {
        PyMem_RawFree(groups[g].of);
        PyMem_RawFree(groups[g].mean);
        PyMem_RawFree(groups[g].said);
    }
    return result;
}

BY_PROCESSOR(int, forward,
             (const Net *w, const Own *own, const int64_t *look, const float *begun, const float *placed, const int64_t *stay,
              Py_ssize_t n, float *scores),
             (w, own, look, begun, placed, stay, n, scores))

int check_words(Py_ssize_t lines, const int64_t *first, const int64_t *runs, Py_ssize_t words, const int64_t *bag, Py_ssize_t buckets)
{
    for (Py_ssize_t i = 0; i < lines; i++)
        if (first[i] < 0 || runs[i] < 0 || first[i] > words || runs[i] > words - first[i]) {
            PyErr_SetString(PyExc_ValueError, "a line with words that are not there");
            return -1;
        }
    for (Py_ssize_t i = 0; i < words; i++)
        if ((uint64_t)bag[i] >= (uint64_t)buckets) {
            PyErr_SetString(PyExc_ValueError, "a word with a number that the network does not know");
            return -1;
        }
    return 0;
}

/* score(network, measures line by line, weight, bag, first, runs, with_words) -> bytearray of chances. */
PyObject *native_score(PyObject *module, PyObject *args)
{
    PyObject *net, *x, *weight, *bag, *first, *runs, *scores = NULL;
    int with_words, failed = 0;
    Buffers held = {.count = 0};
    Net w;
    Own own = {0};
    if (!PyArg_ParseTuple(args, "O!OOOOOp", &PyTuple_Type, &net, &x, &weight, &bag, &first, &runs, &with_words))
        return NULL;
    if (read_net(net, &w, &held) < 0 || !(own.weight = take_buffer(&held, weight, -1, sizeof(float), 0)))
        goto done;
    const Py_ssize_t n = own.lines = held.views[held.count - 1].len / (Py_ssize_t)sizeof(float);
    if (!(own.x = take_buffer(&held, x, n * w.in, sizeof(float), 0)) || !(own.first = take_buffer(&held, first, n, sizeof(int64_t), 0)) ||
        !(own.runs = take_buffer(&held, runs, n, sizeof(int64_t), 0)) || !(own.bag = take_buffer(&held, bag, -1, sizeof(int64_t), 0)))
        goto done;
    own.words = held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t);
    if (check_words(own.lines, own.first, own.runs, own.words, own.bag, w.buckets) < 0 ||
        !(scores = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(float))) || !n)
        goto done;
    float *out = (float *)PyByteArray_AS_STRING(scores);
    own.columns = w.in;
    Py_BEGIN_ALLOW_THREADS
    float *begun = PyMem_RawMalloc((size_t)n * w.pad * sizeof(float));
    int64_t *look = PyMem_RawMalloc((size_t)n * sizeof(int64_t));
    failed = !begun || !look || begin(&w, &own, w.in, with_words, look, begun) < 0 ||
             forward(&w, &own, look, begun, NULL, NULL, n, out) < 0;
    PyMem_RawFree(begun);
    PyMem_RawFree(look);
    Py_END_ALLOW_THREADS
done:
    let_go(&held);
    if (failed) {
        Py_CLEAR(scores);
        PyErr_NoMemory();
    }
    return scores;
}

/* Of a page the best F1 to be expected, and how hard to cut it: overview.best_f1, overview.overview, Network.strictness. */
typedef struct {
    float score, words;
} Scored;

static int higher_first(const void *a, const void *b)
{
    const float x = ((const Scored *)a)->score, y = ((const Scored *)b)->score;
    return (x < y) - (x > y);
}

/* Put lines in order of their scores, the highest first. */
static void sort_scored(Scored *lines, Py_ssize_t n)
{
    if (n > 400) {
        qsort(lines, (size_t)n, sizeof *lines, higher_first);
        return;
    }
    static const Py_ssize_t steps[] = {301, 132, 57, 23, 10, 4, 1};
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++)
        for (Py_ssize_t i = steps[s], j; i < n; i++) {
            const Scored line = lines[i];
            for (j = i; j >= steps[s] && lines[j - steps[s]].score < line.score; j -= steps[s])
                lines[j] = lines[j - steps[s]];
            lines[j] = line;
        }
}

static double how_hard(const Net *w, const Strict *s, const float *seen)
{
    float within[MOST_SEEN], chance[MOST_SEEN], most = -1e30f;
    const int size = 2 * w->bins + 5;
    for (int i = 0; i < size; i++) {
        within[i] = seen[i] > s->low[i] ? seen[i] : s->low[i];
        within[i] = within[i] < s->high[i] ? within[i] : s->high[i];
    }
    memcpy(chance, s->bias, (size_t)w->levels * sizeof(float));
    for (int h = 0; h < s->hidden; h++) {
        float hidden = s->in_bias[h];
        for (int i = 0; i < size; i++)
            hidden += s->in[h * size + i] * within[i];
        if (hidden > 0)
            for (int i = 0; i < w->levels; i++)
                chance[i] += s->out[i * s->hidden + h] * hidden;
    }
    for (int i = 0; i < w->levels; i++)
        most = chance[i] > most ? chance[i] : most;
    double sum = 0, mean = 0;
    for (int i = 0; i < w->levels; i++) {
        sum += exp(chance[i] - most);
        mean += exp(chance[i] - most) * w->strictness[i];
    }
    return mean / sum;
}

/* `page` is nought, or how hard to cut at least what is known to be all of a page. */
static int sum_up(const Net *w, const float *scores, const float *words, const int64_t *stay, Py_ssize_t n, double page, double *best,
                  double *strictness)
{
    Scored *lines = PyMem_RawMalloc((size_t)n * sizeof *lines);
    if (!lines)
        return -1;
    double lines_in[MOST_SEEN] = {0}, words_in[MOST_SEEN] = {0}, total = 0, right = 0, found = 0, both = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        const float score = scores[i], size = words[stay[i]];
        lines[i].score = score;
        lines[i].words = size;
        int bin = 0;
        while (bin < w->bins - 1 && score >= w->bin[bin])
            bin++;
        lines_in[bin]++;
        words_in[bin] += size;
        total += size;
        right += (double)score * size;
    }
    sort_scored(lines, n);
    *best = 0;
    both = right + 1e-6;
    for (Py_ssize_t i = 0; i < n; i++) {
        found += (double)lines[i].score * lines[i].words;
        both += lines[i].words;
        *best = found / both > *best ? found / both : *best;
    }
    *best *= 2;
    PyMem_RawFree(lines);

    float seen[MOST_SEEN];
    total = total > 1 ? total : 1;
    for (int i = 0; i < w->bins; i++) {
        seen[i] = sqrtf((float)(lines_in[i] / (double)n));
        seen[w->bins + i] = sqrtf((float)(words_in[i] / total));
    }
    const float rest[5] = {(float)*best, logf((float)n), (float)log(total), scores[0], scores[n - 1]};
    memcpy(seen + 2 * w->bins, rest, sizeof rest);
    *strictness = how_hard(w, &w->strict[0], seen);
    if (page > 0) {
        const double known = how_hard(w, &w->strict[1], seen);
        *strictness = known > *strictness ? known : *strictness;
        *strictness = page > *strictness ? page : *strictness;
    }
    return 0;
}

/* judge(network, columns line by line, weight, words, prose, bag, first, runs, stay, blanks, page)
 * -> (bytearray of chances, best F1, strictness), of the lines in `stay`: Network.judge. */
PyObject *native_judge(PyObject *module, PyObject *args)
{
    PyObject *net, *x, *weight, *words, *prose, *bag, *first, *runs, *stay, *blanks, *scores = NULL;
    PyObject *result = NULL;
    double best = 0, strictness = 0, page;
    int failed = 0;
    Buffers held = {.count = 0};
    Net w;
    Own own = {0};
    if (!PyArg_ParseTuple(args, "O!OOOOOOOOOd", &PyTuple_Type, &net, &x, &weight, &words, &prose, &bag, &first, &runs, &stay, &blanks,
                          &page))
        return NULL;
    if (read_net(net, &w, &held) < 0 || !(own.weight = take_buffer(&held, weight, -1, sizeof(float), 0)))
        goto done;
    const Py_ssize_t lines = own.lines = held.views[held.count - 1].len / (Py_ssize_t)sizeof(float);
    own.columns = w.in - PLACED;
    if (own.columns < 1) {
        PyErr_SetString(PyExc_ValueError, "weights of another make");
        goto done;
    }
    const int64_t *at, *above;
    const float *sizes;
    if (!(sizes = take_buffer(&held, words, lines, sizeof(float), 0)) ||
        !(own.x = take_buffer(&held, x, lines * own.columns, sizeof(float), 0)) || !(own.prose = take_buffer(&held, prose, lines, 1, 0)) ||
        !(own.first = take_buffer(&held, first, lines, sizeof(int64_t), 0)) ||
        !(own.runs = take_buffer(&held, runs, lines, sizeof(int64_t), 0)) ||
        !(above = take_buffer(&held, blanks, lines, sizeof(int64_t), 0)) ||
        !(own.bag = take_buffer(&held, bag, -1, sizeof(int64_t), 0)))
        goto done;
    own.words = held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t);
    if (check_words(own.lines, own.first, own.runs, own.words, own.bag, w.buckets) < 0 ||
        !(at = take_buffer(&held, stay, -1, sizeof(int64_t), 0)))
        goto done;
    const Py_ssize_t n = held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t);
    for (Py_ssize_t i = 0; i < n; i++)
        if (at[i] < 0 || at[i] >= lines) {
            PyErr_SetString(PyExc_IndexError, "a line that is not there");
            goto done;
        }
    if (!n) {
        PyErr_SetString(PyExc_ValueError, "a page without lines");
        goto done;
    }
    if (!(scores = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(float))))
        goto done;
    float *out = (float *)PyByteArray_AS_STRING(scores);
    Py_BEGIN_ALLOW_THREADS
    float *placed = PyMem_RawMalloc((size_t)n * PLACED * sizeof(float));
    float *begun = PyMem_RawMalloc((size_t)lines * w.pad * sizeof(float));
    int64_t *look = PyMem_RawMalloc((size_t)lines * sizeof(int64_t));
    failed = !placed || !begun || !look || begin(&w, &own, own.columns, 1, look, begun) < 0 ||
             place(&own, at, n, above, placed) < 0 || forward(&w, &own, look, begun, placed, at, n, out) < 0 || sum_up(&w, out, sizes, at, n, page, &best, &strictness) < 0;
    PyMem_RawFree(placed);
    PyMem_RawFree(begun);
    PyMem_RawFree(look);
    Py_END_ALLOW_THREADS
done:
    let_go(&held);
    if (failed)
        PyErr_NoMemory();
    else if (scores)
        result = Py_BuildValue("Odd", scores, best, strictness);
    Py_XDECREF(scores);
    return result;
}

/* decide.decide's own numbers. */
typedef struct {
    Py_ssize_t fewest;
    int rounds, headlines;
    float clean, headline_words, headline, leftover;
} Policy;

/* Lines right above the first that stays may be its headline: decide._spare_headlines. */
static void spare_headlines(const Policy *p, uint8_t *cut, const float *scores, const float *words, const int64_t *stay, Py_ssize_t n)
{
    Py_ssize_t first = 0;
    while (first < n && cut[first])
        first++;
    if (first == n)
        return;
    for (Py_ssize_t i = first - 1; i >= 0 && i >= first - p->headlines; i--) {
        if (scores[i] < p->headline || words[stay[i]] < p->headline_words)
            break;
        cut[i] = 0;
    }
}

/* decide.decide; keep has a one for each line, and scores room for as many. -1 if there is no memory. */
static int decide(const Net *w, const Policy *p, const Own *own, const float *words, const int64_t *blanks, const uint8_t *fixed,
                  double threshold, double page, uint8_t *keep, float *scores)
{
    const Py_ssize_t lines = own->lines;
    Py_ssize_t n = lines;
    int result = -1;
    float *begun = PyMem_RawMalloc((size_t)n * w->pad * sizeof(float));
    float *placed = PyMem_RawMalloc((size_t)n * PLACED * sizeof(float)), *now = PyMem_RawMalloc((size_t)n * sizeof(float));
    int64_t *stay = PyMem_RawMalloc((size_t)n * sizeof(int64_t)), *look = PyMem_RawMalloc((size_t)n * sizeof(int64_t));
    uint8_t *cut = PyMem_RawMalloc((size_t)n);
    if (!begun || !placed || !now || !stay || !look || !cut || begin(w, own, own->columns, 1, look, begun) < 0)
        goto done;
    memset(keep, 1, (size_t)n);
    for (Py_ssize_t i = 0; i < n; i++)
        stay[i] = i;
    for (int round = 0;; round++) {
        double best, strictness;
        if (place(own, stay, n, blanks, placed) < 0 || forward(w, own, look, begun, placed, stay, n, now) < 0 ||
            sum_up(w, now, words, stay, n, round == 0 ? page : 0, &best, &strictness) < 0)
            goto done;
        if (round == 0)
            memcpy(scores, now, (size_t)n * sizeof(float));
        if (strictness < p->clean)
            break;
        const float least = (float)(threshold * strictness * best);
        for (Py_ssize_t i = 0; i < n; i++)
            cut[i] = now[i] < least;
        spare_headlines(p, cut, now, words, stay, n);
        int some = 0;
        for (Py_ssize_t i = 0; i < n; i++) {
            cut[i] &= (uint8_t)(!fixed || !fixed[stay[i]]);
            some |= cut[i];
        }
        if (!some)
            break;
        if (round == p->rounds) { /* it does not settle */
            memset(keep, 1, (size_t)lines);
            for (Py_ssize_t i = 0; i < lines; i++)
                scores[i] = 1;
            if (page <= 0)
                break;
            page = 0;
            round = -1;
            for (n = 0; n < lines; n++)
                stay[n] = n;
            continue;
        }
        for (Py_ssize_t i = 0; i < n; i++)
            if (cut[i]) {
                keep[stay[i]] = 0;
                scores[stay[i]] = now[i];
            }
        n = 0;
        for (Py_ssize_t i = 0; i < lines; i++) {
            const int bare = words[i] == 0 && own->weight[i] < p->leftover;
            if (keep[i] && !(bare && ((i && !keep[i - 1]) || (i + 1 < lines && !keep[i + 1]))))
                stay[n++] = i;
        }
        if (n < p->fewest)
            break;
    }
    result = 0;
done:
    PyMem_RawFree(begun);
    PyMem_RawFree(placed);
    PyMem_RawFree(now);
    PyMem_RawFree(stay);
    PyMem_RawFree(look);
    PyMem_RawFree(cut);
    return result;
}

/* decide(network, tables, lines, blanks, fixed or None, threshold, page, policy) -> (numbers of the lines that go, bytearray of
 * chances); nothing goes of fewer lines than the policy says. */
PyObject *native_decide(PyObject *module, PyObject *args)
{
    PyObject *net, *tables, *lines, *blanks, *fixed, *cut = NULL, *scores = NULL, *result = NULL;
    double threshold, page;
    int failed = 0;
    uint8_t *keep = NULL;
    Buffers held = {.count = 0};
    Net w;
    Tables t;
    Policy p;
    Looked looked = {0};
    if (!PyArg_ParseTuple(args, "O!O!O!OOdd(niiffff)", &PyTuple_Type, &net, &PyTuple_Type, &tables, &PyList_Type, &lines, &blanks,
                          &fixed, &threshold, &page, &p.fewest, &p.rounds, &p.headlines, &p.clean, &p.headline_words, &p.headline, &p.leftover))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    const int64_t *above;
    const uint8_t *stays = NULL;
    if (read_net(net, &w, &held) < 0 || read_tables(tables, &t, &held) < 0 || look_at(&t, lines, &looked) < 0 ||
        !(above = take_buffer(&held, blanks, n, sizeof(int64_t), 0)) ||
        (fixed != Py_None && !(stays = take_buffer(&held, fixed, n, 1, 0))))
        goto done;
    const Own own = {looked.x, looked.weight, looked.prose, looked.bag, looked.first, looked.runs, w.in - PLACED, n, looked.used};
    if (own.columns != OWN_COLUMNS || w.buckets < (Py_ssize_t)1 << (64 - t.shift)) {
        PyErr_SetString(PyExc_ValueError, "weights of another make");
        goto done;
    }
    if (!(cut = PyList_New(0)) || !(scores = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(float))))
        goto done;
    if (n && !(keep = PyMem_RawMalloc((size_t)n))) {
        PyErr_NoMemory();
        goto done;
    }
    float *out = (float *)PyByteArray_AS_STRING(scores);
    for (Py_ssize_t i = 0; i < n; i++)
        out[i] = 1;
    if (n && n >= p.fewest) {
        Py_BEGIN_ALLOW_THREADS
        failed = decide(&w, &p, &own, looked.words, above, stays, threshold, page, keep, out);
        Py_END_ALLOW_THREADS
        if (failed) {
            PyErr_NoMemory();
            goto done;
        }
        for (Py_ssize_t i = 0; i < n; i++)
            if (!keep[i] && (failed = append_number(cut, i) < 0))
                goto done;
    }
    result = PyTuple_Pack(2, cut, scores);
done:
    Py_XDECREF(cut);
    Py_XDECREF(scores);
    PyMem_RawFree(keep);
    forget(&looked);
    let_go(&held);
    return result;
}

/* blanks(row, standing) -> bytearray of int64: of each line that stands how many blank ones stand above it. */
PyObject *native_blanks(PyObject *module, PyObject *args)
{
    PyObject *row, *standing, *out = NULL;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &row, &standing))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(row);
    const uint8_t *there = take_buffer(&held, standing, n, 1, 0);
    if (!there) {
        let_go(&held);
        return NULL;
    }
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        count += there[i] != 0;
    if ((out = PyByteArray_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(int64_t)))) {
        int64_t *to = (int64_t *)PyByteArray_AS_STRING(out);
        for (Py_ssize_t i = 0; i < n; i++)
            if (there[i])
                *to++ = PyLong_AsLongLong(PyList_GET_ITEM(row, i)) - i;
        if (PyErr_Occurred())
            Py_CLEAR(out);
    }
    let_go(&held);
    return out;
}
