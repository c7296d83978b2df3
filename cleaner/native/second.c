/* A second look at a page of HTML: cleaner.model.second. */
#include "native.h"

#include <math.h>

/* What second.py calls by these names, in its order. */
enum { NEIGHBOURS = 4, STRETCHES = 3, AROUND = 3, FACTS = 6 + 2 * NEIGHBOURS + STRETCHES + 3 + 2 * AROUND };
enum { DEPTH = 4, QUESTIONS = (1 << DEPTH) - 1, WAYS = 1 << DEPTH };
static const Py_ssize_t NEIGHBOUR[NEIGHBOURS] = {1, 2, 3, 5}, REACH[STRETCHES] = {4, 12, 30};

typedef struct {
    float limit;
    int32_t fact;
} Question;

typedef struct {
    Py_ssize_t lines;
    const float *scores, *words;
    const int64_t *first, *end, *group; /* the first two of `AROUND` elements each */
    double *right, *size;               /* sums of what is right, and of words, up to each line */
    double *sum, *squares, *count;      /* of each group */
    double sure;
} Sheet;

static double mean_of(const Sheet *s, Py_ssize_t start, Py_ssize_t stop)
{
    const double size = s->size[stop] - s->size[start];
    return (s->right[stop] - s->right[start]) / (size > 1 ? size : 1);
}

static void sum_up(Sheet *s)
{
    s->right[0] = s->size[0] = s->sure = 0;
    for (Py_ssize_t i = 0; i < s->lines; i++) {
        const double chance = s->scores[i], words = s->words[i];
        const int64_t group = s->group[i];
        s->right[i + 1] = s->right[i] + chance * words;
        s->size[i + 1] = s->size[i] + words;
        s->sure += chance * chance * words;
        s->sum[group] += chance;
        s->squares[group] += chance * chance;
        s->count[group] += 1;
    }
}

/* second.facts of one line. */
static void tell(const Sheet *s, Py_ssize_t i, float *out)
{
    const Py_ssize_t n = s->lines;
    const double right = s->right[n] > 1e-6 ? s->right[n] : 1e-6, size = s->size[n] > 1 ? s->size[n] : 1;
    *out++ = s->scores[i];
    *out++ = (float)(s->sure / right);
    *out++ = (float)(s->right[n] / size);
    *out++ = (float)n;
    *out++ = (float)((double)i / (double)n);
    *out++ = (float)(s->right[i] / right);
    for (int k = 0; k < NEIGHBOURS; k++) {
        *out++ = i >= NEIGHBOUR[k] ? s->scores[i - NEIGHBOUR[k]] : -1;
        *out++ = i + NEIGHBOUR[k] < n ? s->scores[i + NEIGHBOUR[k]] : -1;
    }
    for (int k = 0; k < STRETCHES; k++)
        *out++ = (float)mean_of(s, i > REACH[k] ? i - REACH[k] : 0, i + REACH[k] + 1 < n ? i + REACH[k] + 1 : n);
    const int64_t group = s->group[i];
    const double mean = s->sum[group] / s->count[group];
    *out++ = (float)mean;
    *out++ = (float)s->count[group];
    *out++ = (float)(s->squares[group] / s->count[group] - mean * mean);
    for (int k = 0; k < AROUND; k++) {
        const int64_t first = s->first[k * n + i], end = s->end[k * n + i];
        *out++ = (float)mean_of(s, first, end);
        *out++ = (float)(s->size[end] - s->size[first]);
    }
}

/* second_look(scores, words, first, end, group, fact, limit, leaf) -> the chances, as a bytearray of floats */
PyObject *native_second_look(PyObject *module, PyObject *args)
{
    PyObject *a[8], *out = NULL;
    Buffers held = {.count = 0};
    double *room = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOOOO", &a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &a[6], &a[7]))
        return NULL;
    Sheet s;
    if (!(s.scores = take_buffer(&held, a[0], -1, sizeof(float), 0)))
        goto done;
    const Py_ssize_t n = s.lines = held.views[0].len / (Py_ssize_t)sizeof(float);
    const int32_t *fact = take_buffer(&held, a[5], -1, sizeof(int32_t), 0);
    const Py_ssize_t asked = fact ? held.views[1].len / (Py_ssize_t)sizeof(int32_t) : 0, trees = asked / QUESTIONS;
    const float *limit = fact ? take_buffer(&held, a[6], trees * QUESTIONS, sizeof(float), 0) : NULL;
    const float *leaf = limit ? take_buffer(&held, a[7], trees * WAYS, sizeof(float), 0) : NULL;
    if (!leaf || !(s.words = take_buffer(&held, a[1], n, sizeof(float), 0)) ||
        !(s.first = take_buffer(&held, a[2], AROUND * n, sizeof(int64_t), 0)) ||
        !(s.end = take_buffer(&held, a[3], AROUND * n, sizeof(int64_t), 0)) ||
        !(s.group = take_buffer(&held, a[4], n, sizeof(int64_t), 0)))
        goto done;
    int sound = asked == trees * QUESTIONS;
    for (Py_ssize_t k = 0; k < asked; k++)
        sound &= fact[k] >= 0 && fact[k] < FACTS;
    for (Py_ssize_t i = 0; i < n; i++)
        sound &= s.group[i] >= 0 && s.group[i] < n;
    for (Py_ssize_t i = 0; i < AROUND * n; i++)
        sound &= s.first[i] >= 0 && s.first[i] <= n && s.end[i] >= 0 && s.end[i] <= n;
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "numbers of facts, groups or lines that are not there");
        goto done;
    }
    if (!(room = PyMem_Calloc((size_t)(5 * n + 2 + asked), sizeof(double)))) { /* a question is as large */
        PyErr_NoMemory();
        goto done;
    }
    if (!(out = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(float))))
        goto done;
    float *to = (float *)(void *)PyByteArray_AS_STRING(out), known[FACTS];
    s.right = room;
    s.size = s.right + n + 1;
    s.sum = s.size + n + 1;
    s.squares = s.sum + n;
    s.count = s.squares + n;
    Question *questions = (Question *)(void *)(s.count + n);
    for (Py_ssize_t k = 0; k < asked; k++)
        questions[k] = (Question){limit[k], fact[k]};
    sum_up(&s);
    for (Py_ssize_t i = 0; i < n; i++) {
        tell(&s, i, known);
        double logit = 0;
        const Question *q = questions;
        const float *way = leaf;
        for (Py_ssize_t t = 0; t < trees; t++, q += QUESTIONS, way += WAYS) {
            int at = 0;
            for (int level = 0; level < DEPTH; level++)
                at = 2 * at + 1 + (known[q[at].fact] > q[at].limit);
            logit += way[at - QUESTIONS];
        }
        to[i] = (float)((s.scores[i] + 1 / (1 + exp(-logit))) / 2);
    }
done:
    PyMem_Free(room);
    let_go(&held);
    return out;
}
