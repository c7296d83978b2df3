/* The network for text, from measures to chances: cleaner.model.network.Network.score and what it calls. */
#include "text.h"

#include <math.h>

enum { BLOCK = 24 };

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

/* Read network.Network's tuple: numbers, then arrays. -1 with an exception set if they do not fit. */
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
    for (int i = 0; i < w->steps; i++)
        if (read_step(PyTuple_GET_ITEM(steps, i), 1, w->width, pad, &w->step[i], held) < 0)
            return -1;
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

/* A network, and the arrays that its weights stand in. */
typedef struct {
    Net net;
    Buffers held;
} Kept;

static const char NETWORK[] = "cleaner.native.network";

static void drop_network(Kept *kept)
{
    let_go(&kept->held);
    PyMem_Free(kept);
}

static void free_network(PyObject *capsule)
{
    drop_network(PyCapsule_GetPointer(capsule, NETWORK));
}

const Net *net_of(PyObject *capsule)
{
    const Kept *kept = PyCapsule_GetPointer(capsule, NETWORK);
    return kept ? &kept->net : NULL;
}

/* make_network(weights): makes what judge, score and decide take. */
PyObject *native_make_network(PyObject *module, PyObject *weights)
{
    if (!PyTuple_Check(weights)) {
        PyErr_SetString(PyExc_TypeError, "a tuple of weights is expected");
        return NULL;
    }
    Kept *kept = PyMem_Calloc(1, sizeof *kept);
    if (!kept)
        return PyErr_NoMemory();
    Net *w = &kept->net;
    int failed = read_net(weights, w, &kept->held) < 0;
    PyObject *capsule = failed ? NULL : PyCapsule_New(kept, NETWORK, free_network);
    if (!capsule)
        drop_network(kept);
    return capsule;
}

/* What the words of a line say: Network._words. */
ALWAYS_INLINE void say_words(const Net *w, const int64_t *bag, int64_t runs, float *out)
{
    const float root = sqrtf((float)runs + 1);
    int start = 0;
#if defined(__GNUC__)
    enum { MOST = 256 }; /* so many words of seven bits are summed up in sixteen */
    typedef int8_t Small __attribute__((vector_size(PAD), aligned(1)));
    typedef int16_t Large __attribute__((vector_size(2 * PAD)));
    for (; start + PAD <= w->word; start += PAD) {
        Bits sum = {0};
        for (int64_t i = 0; i < runs;) {
            const int64_t stop = runs - i < MOST ? runs : i + MOST;
            Large total = {0};
            for (; i < stop; i++)
                total += __builtin_convertvector(*(const Small *)(w->bag + bag[i] * w->word + start), Large);
            sum += __builtin_convertvector(total, Bits);
        }
        *(Lanes *)(out + start) = __builtin_convertvector(sum, Lanes) / root * *(const Lanes *)(w->scale + start);
    }
#endif
    for (; start < w->word; start++) {
        int32_t sum = 0;
        for (int64_t i = 0; i < runs; i++)
            sum += w->bag[bag[i] * w->word + start];
        out[start] = (float)sum / root * w->scale[start];
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

ALWAYS_INLINE int group(const Net *w, const int64_t *key, const float *h, Py_ssize_t n, const float *weights, const float *bias, Groups *out)
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
        for (int j = 0; j < pad; j += LANES)
            TO(mean) += AT(h + i * pad);
        mean[pad]++;
    }
    for (int64_t g = 0; g < count; g++) {
        float *mean = out->mean + g * row;
        const float size = mean[pad];
        if (size == 1) { /* as most */
            mean[pad] = 0;
            continue;
        }
        for (int j = 0; j < pad; j += LANES)
            TO(mean) /= size;
        mean[pad] = logf(size);
    }
    const Part parts[2] = {{out->mean, row, w->width, weights}, {out->mean + pad, row, 1, weights + (size_t)w->width * pad}};
    dense(parts, 2, count, bias, pad, out->said);
    return 0;
}

/* What lines see besides those next to them and those alike: around.around. Of four in a row each counts as their mean, so what
 * lines come to together up to each is straight between every fourth; so is what that says to the layer, which it is asked for no more. */
enum { VIEWS = 4, TOGETHER = 4 };
typedef struct {
    const float *row;
    float part;
} Between;

ALWAYS_INLINE Between between(const float *said, int pad, Py_ssize_t n, Py_ssize_t line)
{
    const Py_ssize_t row = line / TOGETHER, first = row * TOGETHER;
    const Py_ssize_t size = n - first > TOGETHER ? TOGETHER : n > first ? n - first : 1;
    return (Between){said + row * pad, (float)(line - first) / (float)size};
}

/* `said` has for each view what the sums up to every fourth line, and of all, come to. */
ALWAYS_INLINE void see_around(const Net *w, const float *const *said, Py_ssize_t n, Py_ssize_t i, float *out)
{
    const int pad = w->pad;
    const Py_ssize_t near = w->near, from = i < near ? 0 : i - near, upto = i + near >= n ? n : i + 1 + near;
    const float before = 1 / (float)(i ? i : 1), after = 1 / (float)(n - 1 - i ? n - 1 - i : 1);
    const float near_before = 1 / (float)(i ? i - from : 1), near_after = 1 / (float)(n - 1 - i ? upto - 1 - i : 1);
    const Between here = between(said[0], pad, n, i), next = between(said[1], pad, n, i + 1), all = between(said[1], pad, n, n);
    const Between first = between(said[2], pad, n, from), near_here = between(said[2], pad, n, i);
    const Between near_next = between(said[3], pad, n, i + 1), last = between(said[3], pad, n, upto);
#define SUM(at) (AT(at.row) + (AT(at.row + pad) - AT(at.row)) * at.part)
    for (int j = 0; j < pad; j += LANES)
        TO(out) = SUM(here) * before + (SUM(all) - SUM(next)) * after + (SUM(near_here) - SUM(first)) * near_before +
                  (SUM(last) - SUM(near_next)) * near_after;
#undef SUM
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
        for (Py_ssize_t l = 0; with_words && l < count; l++) {
            for (int64_t b = own->first[i + l] + own->runs[i + l], stop = b + own->runs[i + l]; b < stop && b < own->words; b++)
                SOON(w->bag + own->bag[b] * w->word);
            say_words(w, own->bag + own->first[i + l], own->runs[i + l], said + l * w->word);
        }
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
    const int pad = w->pad, width = w->width;
    int reach = 0, result = -1;
    for (int s = 0; s < w->steps; s++)
        reach = w->step[s].off > reach ? w->step[s].off : reach;
    const size_t rows = (size_t)n + 2 * (size_t)reach, cells = rows * pad;
    const Py_ssize_t fourths = (n + TOGETHER - 1) / TOGETHER + 1, by_view = (Py_ssize_t)width * pad;
    float *h = PyMem_RawMalloc((size_t)n * pad * sizeof(float)), *sums = PyMem_RawMalloc((size_t)fourths * pad * sizeof(float));
    float *said = PyMem_RawMalloc(VIEWS * (size_t)(fourths + 1) * pad * sizeof(float));
    float *one = PyMem_RawMalloc(cells * sizeof(float)), *other = PyMem_RawMalloc(cells * sizeof(float));
    float *z = PyMem_RawMalloc((size_t)BLOCK * pad * sizeof(float));
    float *page = PyMem_RawMalloc((size_t)5 * pad * sizeof(float)), *nought = PyMem_RawCalloc((size_t)pad, sizeof(float));
    float *room = PyMem_RawMalloc((size_t)step_room(pad) * sizeof(float));
    int64_t *looks = PyMem_RawMalloc((size_t)n * sizeof(int64_t)), *pairs = PyMem_RawMalloc((size_t)n * sizeof(int64_t));
    Groups groups[2] = {{NULL, NULL, NULL}, {NULL, NULL, NULL}};
    if (!h || !sums || !said || !one || !other || !z || !page || !nought || !room || !looks || !pairs)
        goto done;

    /* noughts before the first line and after the last */
    const size_t border = (size_t)reach * pad * sizeof(float);
    for (int i = 0; i < 2; i++) {
        memset(i ? other : one, 0, border);
        memset((i ? other : one) + cells - (size_t)reach * pad, 0, border);
    }

    /* the rest of the measures; with them what all lines up to every fourth have, and what all have by their weight */
    double total = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        total += weight[stay ? stay[i] : i];
    float *by_weight = page + 2 * pad, *view = by_weight + pad, *sum = view + pad;
    memset(sum, 0, pad * sizeof(float));
    memset(by_weight, 0, pad * sizeof(float));
    for (Py_ssize_t i = 0; i < n; i += BLOCK) {
        const Py_ssize_t count = n - i < BLOCK ? n - i : BLOCK;
        if (placed) {
            const Part part = {placed + i * PLACED, PLACED, PLACED, w->enter + (size_t)own->columns * pad};
            dense(&part, 1, count, nought, pad, z);
        } else
            memset(z, 0, (size_t)count * pad * sizeof(float));
        for (Py_ssize_t l = 0; l < count; l++) {
            const Py_ssize_t line = stay ? stay[i + l] : i + l;
            const float *from = begun + line * pad, share = weight[line] / (float)total;
            float *to = h + (i + l) * pad;
            if ((i + l) % TOGETHER == 0)
                memcpy(sums + (i + l) / TOGETHER * pad, sum, pad * sizeof(float));
            for (int j = 0; j < pad; j += LANES) {
                const Lanes has = AT(from) + AT(z + l * pad), out = has + ABSOLUTE(has);
                TO(to) = out;
                TO(sum) += out;
                TO(by_weight) += out * share;
            }
        }
    }

    memcpy(sums + (fourths - 1) * pad, sum, pad * sizeof(float));

    /* the page as a whole */
    for (int j = 0; j < width; j++) {
        page[2 * j] = sum[j] / (float)n;
        page[2 * j + 1] = by_weight[j];
    }
    const Part whole = {page, 2 * width, 2 * width, w->pool};
    dense(&whole, 1, 1, w->pool_bias, pad, view);
    for (int j = 0; j < pad; j++)
        view[j] += fabsf(view[j]);

    /* those before, after and alike */
    const int64_t kinds = (int64_t)(w->ends + 1) * (w->starts + 1) * (w->sizes + 1);
    for (Py_ssize_t i = 0; i < n; i++)
        looks[i] = look[stay ? stay[i] : i];
    for (Py_ssize_t i = 0; i < n; i++)
        pairs[i] = looks[i] * kinds + (i + 1 < n ? looks[i + 1] : 0);
    for (int g = 0; g < 2; g++)
        if (group(w, g ? pairs : looks, h, n, w->around + VIEWS * by_view + g * (by_view + pad), g ? w->around_bias : nought, &groups[g]) < 0)
            goto done;
    const float *views[VIEWS];
    for (int v = 0; v < VIEWS; v++) {
        float *to = said + v * (fourths + 1) * pad;
        const Part part = {sums, pad, width, w->around + v * by_view};
        dense(&part, 1, fourths, nought, pad, to);
        memset(to + fourths * pad, 0, pad * sizeof(float)); /* which is read, and counts for nothing */
        views[v] = to;
    }
    float *now = one + (size_t)reach * pad;
    for (Py_ssize_t i = 0; i < n; i++) {
        const float *one_said = groups[0].said + groups[0].of[i] * pad, *other_said = groups[1].said + groups[1].of[i] * pad;
        const float *from = h + i * pad;
        float *to = now + i * pad;
        see_around(w, views, n, i, z);
        for (int j = 0; j < pad; j += LANES) {
            const Lanes sum = AT(z) + AT(one_said) + AT(other_said);
            TO(to) = AT(from) + AT(view) + (sum + ABSOLUTE(sum));
        }
    }

    /* neighbours */
    for (int s = 0; s < w->steps; s++) {
        float *next = (now == one + (size_t)reach * pad ? other : one) + (size_t)reach * pad;
        take_step(&w->step[s], width, pad, now, n, room, next);
        now = next;
    }
    const float *leave = w->leave, *leave_first = leave + pad;
    for (Py_ssize_t i = 0; i < n; i++) {
        const float *last = now + i * pad, *first = h + i * pad;
        float part[LANES], logit = w->leave_bias;
        memset(part, 0, sizeof part);
        for (int j = 0; j < pad; j += LANES)
            *(Lanes *)part += AT(leave) * AT(last) + AT(leave_first) * AT(first);
        for (int k = 0; k < LANES; k++)
            logit += part[k];
        logit = logit < -w->limit ? -w->limit : logit > w->limit ? w->limit : logit;
        scores[i] = 1 / (1 + expf(-logit));
    }
    result = 0;
done:
    PyMem_RawFree(h);
    PyMem_RawFree(sums);
    PyMem_RawFree(said);
    PyMem_RawFree(one);
    PyMem_RawFree(other);
    PyMem_RawFree(z);
    PyMem_RawFree(page);
    PyMem_RawFree(nought);
    PyMem_RawFree(room);
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
    const Net *w;
    Own own = {0};
    if (!PyArg_ParseTuple(args, "OOOOOOp", &net, &x, &weight, &bag, &first, &runs, &with_words))
        return NULL;
    if (!(w = net_of(net)) || !(own.weight = take_buffer(&held, weight, -1, sizeof(float), 0)))
        goto done;
    const Py_ssize_t n = own.lines = held.views[held.count - 1].len / (Py_ssize_t)sizeof(float);
    if (!(own.x = take_buffer(&held, x, n * w->in, sizeof(float), 0)) || !(own.first = take_buffer(&held, first, n, sizeof(int64_t), 0)) ||
        !(own.runs = take_buffer(&held, runs, n, sizeof(int64_t), 0)) || !(own.bag = take_buffer(&held, bag, -1, sizeof(int64_t), 0)))
        goto done;
    own.words = held.views[held.count - 1].len / (Py_ssize_t)sizeof(int64_t);
    if (check_words(own.lines, own.first, own.runs, own.words, own.bag, w->buckets) < 0 ||
        !(scores = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(float))) || !n)
        goto done;
    float *out = (float *)PyByteArray_AS_STRING(scores);
    own.columns = w->in;
    Py_BEGIN_ALLOW_THREADS
    float *begun = PyMem_RawMalloc((size_t)n * w->pad * sizeof(float));
    int64_t *look = PyMem_RawMalloc((size_t)n * sizeof(int64_t));
    failed = !begun || !look || begin(w, &own, w->in, with_words, look, begun) < 0 ||
             forward(w, &own, look, begun, NULL, NULL, n, out) < 0;
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
