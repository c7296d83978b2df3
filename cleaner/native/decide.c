/* What the chances of a text's lines come to: how hard to cut it, and which lines go: cleaner.model.overview, decide. */
#include "text.h"

#include <math.h>
#include <stdlib.h>

/* The best F1 that a page can be expected to reach: overview.best_f1. To take a line that is likelier content than half of it
 * makes it better, to take another makes it worse; so all likelier ones are taken until that changes nothing. */
static double best_f1(const float *scores, const float *words, const int64_t *stay, Py_ssize_t n, double right)
{
    enum { MOST_STEPS_UP = 200 };
    double half = 0;
    for (int k = 0; k < MOST_STEPS_UP; k++) {
        double found = 0, both = right + 1e-6;
        for (Py_ssize_t i = 0; i < n; i++) {
            const double size = scores[i] > half ? words[stay[i]] : 0;
            found += scores[i] * size;
            both += size;
        }
        if (found / both <= half)
            break;
        half = found / both;
    }
    return 2 * half;
}

/* How hard to cut a page that looks so: Network.strictness. */
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
static void sum_up(const Net *w, const float *scores, const float *words, const int64_t *stay, Py_ssize_t n, double page, double *best,
                   double *strictness)
{
    double lines_in[MOST_SEEN] = {0}, words_in[MOST_SEEN] = {0}, total = 0, right = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        const float score = scores[i], size = words[stay[i]];
        int bin = 0; /* of borders in ascending order, those that are reached */
        for (int b = 0; b < w->bins - 1; b++)
            bin += score >= w->bin[b];
        lines_in[bin]++;
        words_in[bin] += size;
        total += size;
        right += (double)score * size;
    }
    *best = best_f1(scores, words, stay, n, right);

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
    const Net *w;
    Own own = {0};
    if (!PyArg_ParseTuple(args, "OOOOOOOOOOd", &net, &x, &weight, &words, &prose, &bag, &first, &runs, &stay, &blanks,
                          &page))
        return NULL;
    if (!(w = net_of(net)) || !(own.weight = take_buffer(&held, weight, -1, sizeof(float), 0)))
        goto done;
    const Py_ssize_t lines = own.lines = held.views[held.count - 1].len / (Py_ssize_t)sizeof(float);
    own.columns = w->in - PLACED;
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
    if (check_words(own.lines, own.first, own.runs, own.words, own.bag, w->buckets) < 0 ||
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
    float *begun = PyMem_RawMalloc((size_t)lines * w->pad * sizeof(float));
    int64_t *look = PyMem_RawMalloc((size_t)lines * sizeof(int64_t));
    failed = !placed || !begun || !look || begin(w, &own, own.columns, 1, look, begun) < 0 ||
             place(&own, at, n, above, placed) < 0 || forward(w, &own, look, begun, placed, at, n, out) < 0;
    if (!failed)
        sum_up(w, out, sizes, at, n, page, &best, &strictness);
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
        if (place(own, stay, n, blanks, placed) < 0 || forward(w, own, look, begun, placed, stay, n, now) < 0)
            goto done;
        sum_up(w, now, words, stay, n, round == 0 ? page : 0, &best, &strictness);
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
            cut[i] &= (uint8_t)!fixed[stay[i]];
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

/* Of a page's lines, those that stand. */
typedef struct {
    int64_t *blanks;
    uint8_t *fixed, *keep;
} Standing;

/* Gather what is known of the lines that stand, all if `there` is NULL. -1 if there is no memory. */
static int gather(Standing *s, Py_ssize_t lines, Py_ssize_t n, const uint8_t *there, const int64_t *blanks, const uint8_t *fixed)
{
    if (!(s->keep = PyMem_RawMalloc((size_t)n + 1)) || !(s->blanks = PyMem_RawCalloc((size_t)n + 1, sizeof(int64_t))) ||
        !(s->fixed = PyMem_RawCalloc((size_t)n + 1, 1)))
        return -1;
    for (Py_ssize_t i = 0, at = 0; i < lines; i++)
        if (!there || there[i]) {
            s->blanks[at] = blanks ? blanks[i] : 0;
            s->fixed[at++] = fixed ? fixed[i] : 0;
        }
    return 0;
}

/* The numbers of the lines that stand and are not kept. */
static PyObject *gone(Py_ssize_t lines, const uint8_t *there, const uint8_t *keep)
{
    PyObject *cut = PyList_New(0);
    for (Py_ssize_t i = 0, at = 0; cut && i < lines; i++)
        if ((!there || there[i]) && !keep[at++] && append_number(cut, i) < 0)
            Py_CLEAR(cut);
    return cut;
}

/* decide(network, tables, lines, standing, blanks, fixed, threshold, page, policy) -> (numbers of the lines that go, bytearray of
 * chances of those that stand); nothing goes of fewer lines than the policy says. `standing` may be None for all of them, `blanks`
 * for none above any, `fixed` for none. */
PyObject *native_decide(PyObject *module, PyObject *args)
{
    PyObject *net, *tables, *lines, *standing, *blanks, *fixed, *cut = NULL, *scores = NULL, *result = NULL;
    double threshold, page;
    int failed = 0;
    Buffers held = {.count = 0};
    Policy p;
    Looked looked = {0};
    Standing s = {NULL, NULL, NULL};
    if (!PyArg_ParseTuple(args, "OOO!OOOdd(niiffff)", &net, &tables, &PyList_Type, &lines, &standing, &blanks, &fixed, &threshold, &page,
                          &p.fewest, &p.rounds, &p.headlines, &p.clean, &p.headline_words, &p.headline, &p.leftover))
        return NULL;
    const Py_ssize_t every = PyList_GET_SIZE(lines);
    const Net *w = net_of(net);
    const Tables *t = w ? tables_of(tables) : NULL;
    const uint8_t *there = NULL, *stays = NULL;
    const int64_t *above = NULL;
    if (!t || (standing != Py_None && !(there = take_buffer(&held, standing, every, 1, 0))) ||
        (blanks != Py_None && !(above = take_buffer(&held, blanks, every, sizeof(int64_t), 0))) ||
        (fixed != Py_None && !(stays = take_buffer(&held, fixed, every, 1, 0))) || look_at(t, lines, there, &looked) < 0)
        goto done;
    const Py_ssize_t n = looked.lines;
    const Own own = {looked.x, looked.weight, looked.prose, looked.bag, looked.first, looked.runs, w->in - PLACED, n, looked.used};
    if (own.columns != OWN_COLUMNS || w->buckets < (Py_ssize_t)1 << (64 - t->shift)) {
        PyErr_SetString(PyExc_ValueError, "weights of another make");
        goto done;
    }
    if (!(scores = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(float))))
        goto done;
    float *out = (float *)PyByteArray_AS_STRING(scores);
    for (Py_ssize_t i = 0; i < n; i++)
        out[i] = 1;
    if (n && n >= p.fewest) {
        Py_BEGIN_ALLOW_THREADS
        failed = gather(&s, every, n, there, above, stays) < 0 ||
                 decide(w, &p, &own, looked.words, s.blanks, s.fixed, threshold, page, s.keep, out) < 0;
        Py_END_ALLOW_THREADS
        if (failed) {
            PyErr_NoMemory();
            goto done;
        }
    }
    if ((cut = s.keep ? gone(every, there, s.keep) : PyList_New(0)))
        result = PyTuple_Pack(2, cut, scores);
done:
    Py_XDECREF(cut);
    Py_XDECREF(scores);
    PyMem_RawFree(s.keep);
    PyMem_RawFree(s.blanks);
    PyMem_RawFree(s.fixed);
    forget(&looked);
    let_go(&held);
    return result;
}

/* blanks(row) -> bytearray of int64: how many blank lines stand above each, given the rows they stand in. */
PyObject *native_blanks(PyObject *module, PyObject *row)
{
    Buffers held = {.count = 0};
    const int64_t *place = take_buffer(&held, row, -1, sizeof(int64_t), 0);
    PyObject *out = place ? PyByteArray_FromStringAndSize(NULL, held.views[0].len) : NULL;
    if (out) {
        int64_t *to = (int64_t *)PyByteArray_AS_STRING(out);
        for (Py_ssize_t i = 0; i < PyByteArray_GET_SIZE(out) / (Py_ssize_t)sizeof(int64_t); i++)
            to[i] = place[i] - i;
    }
    let_go(&held);
    return out;
}
