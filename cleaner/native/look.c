/* What each line is like by itself: cleaner.model.own.look. */
#include "native.h"

#include <math.h>
#include <stdlib.h>

/* The places of the measures, as in own.OWN; Python hands in how many there are, which is checked. */
enum { LETTERS = 0, CAPITALS = 4, COUNTS = 6, WORDS = 11, COMMAS, BREAKS, CHARS, ENDS = 15, STARTS = 24, LENGTH = 33, PROSE };
enum { COLUMNS = 35, EDGES = 9, COUNTED = 14, FIELD = 7, HALF = 63, LONGEST = 2 * HALF };
enum { SPACE = 5, NEWLINE = 6 };
#define MOST_COUNTED 6.0f
#define HEAVIEST 400.0f
#define LONGEST_WORD 20.0f
#define PROSE_WORDS 9.0f
#define PROSE_CHARS 220.0f

typedef struct {
    const uint8_t *both;   /* by code point: its kind, and in the upper half what else it counts for */
    const float *extra;    /* characters, then words, that a letter of a dense script counts for more */
    Py_ssize_t dense;      /* how many sorts of these there are */
    const uint64_t *count; /* by a pair of kinds: two times seven counts of seven bits */
    const float *ends, *starts;
    Py_ssize_t size; /* code points that `both` knows */
    int shift;
} Tables;

typedef struct {
    uint8_t kind[LONGEST + 2]; /* with a newline on both sides */
    uint8_t low[LONGEST + 8];
    float chars, words; /* what dense letters count for more */
    Py_ssize_t size;
} Line;

#define READ(TYPE)                                                                                                     \
    static void read_##TYPE(const Tables *t, const TYPE *from, Py_ssize_t size, Line *line, Py_ssize_t at, double *more) \
    {                                                                                                                  \
        for (Py_ssize_t i = 0; i < size; i++) {                                                                        \
            uint32_t c = from[i];                                                                                      \
            uint8_t both = t->both[c < t->size ? c : t->size - 1];                                                     \
            line->low[at + i] = (uint8_t)c;                                                                            \
            line->kind[at + i + 1] = both & 15;                                                                        \
            if (both >> 4 && both >> 4 < t->dense) {                                                                                           \
                more[0] += t->extra[both >> 4];                                                                        \
                more[1] += t->extra[t->dense + (both >> 4)];                                                           \
            }                                                                                                          \
        }                                                                                                              \
    }
READ(uint8_t)
READ(uint16_t)
READ(uint32_t)

static void read_line(const Tables *t, PyObject *text, Line *line)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const char *data = PyUnicode_DATA(text);
    double more[2] = {0, 0};
    for (int part = 0; part < 2; part++) {
        Py_ssize_t from = part ? length - HALF : 0, size = length <= LONGEST ? length : HALF, at = part ? HALF : 0;
        if (part && length <= LONGEST)
            break;
        if (kind == PyUnicode_1BYTE_KIND)
            read_uint8_t(t, (const uint8_t *)data + from, size, line, at, more);
        else if (kind == PyUnicode_2BYTE_KIND)
            read_uint16_t(t, (const uint16_t *)data + from, size, line, at, more);
        else
            read_uint32_t(t, (const uint32_t *)data + from, size, line, at, more);
    }
    line->size = length <= LONGEST ? length : LONGEST;
    line->chars = (float)more[0];
    line->words = (float)more[1];
    line->kind[0] = line->kind[line->size + 1] = NEWLINE;
}

/* Fill in the measures of a line. */
static void measure(const Tables *t, const Line *line, Py_ssize_t length, float *x, float *weight, float *words, uint8_t *prose)
{
    uint64_t first = 0, second = 0;
    for (Py_ssize_t i = 0; i <= line->size; i++) {
        const uint64_t *counts = t->count + 2 * (line->kind[i] | line->kind[i + 1] << 4);
        first += counts[0];
        second += counts[1];
    }
    for (int i = 0; i < COUNTED / 2; i++) {
        x[i] = (float)(first >> FIELD * i & ((1 << FIELD) - 1));
        x[COUNTED / 2 + i] = (float)(second >> FIELD * i & ((1 << FIELD) - 1));
    }
    float taken = (float)line->size;
    for (int i = LETTERS; i < CAPITALS; i++)
        x[i] /= taken;
    for (int i = CAPITALS; i < COUNTS; i++)
        x[i] /= x[WORDS] + 1;
    for (int i = COUNTS; i < WORDS; i++)
        x[i] = x[i] < MOST_COUNTED ? x[i] : MOST_COUNTED;
    x[CHARS] = taken + line->chars;
    x[WORDS] += line->words;
    float longer = length > LONGEST ? (float)length / LONGEST : 1;
    for (int i = WORDS; i <= CHARS; i++) {
        x[i] *= longer;
        x[i] = x[i] < HEAVIEST ? x[i] : HEAVIEST;
    }
    *words = x[WORDS];
    *weight = x[CHARS];
    const uint8_t *end = line->kind + line->size - 1, *start = line->kind + 1;
    memcpy(x + ENDS, t->ends + EDGES * (end[0] | end[1] << 4), EDGES * sizeof(float));
    memcpy(x + STARTS, t->starts + EDGES * (start[0] | start[1] << 4), EDGES * sizeof(float));
    x[LENGTH] = *weight / (*words + 1);
    x[LENGTH] = x[LENGTH] < LONGEST_WORD ? x[LENGTH] : LONGEST_WORD;
    *prose = (x[ENDS] + x[ENDS + 1]) * *words >= PROSE_WORDS || *weight > PROSE_CHARS;
    x[PROSE] = *prose;
    for (int i = WORDS; i <= CHARS; i++)
        x[i] = sqrtf(x[i]);
}

/* The numbers of a line's words as spaces part them; returns how many. */
static int64_t number_words(const Line *line, int shift, int64_t *out)
{
    int64_t found = 0;
    uint64_t number = 0;
    int place = 0;
    for (Py_ssize_t i = 0; i <= line->size; i++) {
        uint8_t kind = line->kind[i + 1];
        if (kind == SPACE || kind == NEWLINE) {
            out[found++] = (int64_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> shift);
            number = 0;
            place = 0;
        } else if (place < 64) {
            number |= (uint64_t)(line->low[i] | 0x20) << place;
            place += 8;
        }
    }
    return found;
}

/* look(lines, columns, both, extra, counts, ends, starts, bits)
 * -> (columns line by line, weight, words, prose, bag, first, runs), bytearrays of float32, bool and int64. */
PyObject *native_look(PyObject *module, PyObject *args)
{
    PyObject *lines, *both, *extra, *counts, *ends, *starts, *result = NULL;
    PyObject *out[7] = {NULL};
    int64_t *bag = NULL;
    int columns, bits;
    Buffers held = {.count = 0};
    Tables t;
    if (!PyArg_ParseTuple(args, "O!iOOOOOi", &PyList_Type, &lines, &columns, &both, &extra, &counts, &ends, &starts, &bits))
        return NULL;
    if (columns != COLUMNS || bits < 1 || bits > 31) {
        PyErr_SetString(PyExc_ValueError, "these are not the measures that this extension was built for");
        return NULL;
    }
    t.shift = 64 - bits;
    if (!(t.both = take_buffer(&held, both, -1, 1, 0)))
        goto done;
    t.size = held.views[0].len;
    if (!(t.extra = take_buffer(&held, extra, -1, 2 * sizeof(float), 0)))
        goto done;
    t.dense = held.views[1].len / (Py_ssize_t)(2 * sizeof(float));
    if (!(t.count = take_buffer(&held, counts, 512, sizeof(uint64_t), 0)) ||
        !(t.ends = take_buffer(&held, ends, 256 * EDGES, sizeof(float), 0)) ||
        !(t.starts = take_buffer(&held, starts, 256 * EDGES, sizeof(float), 0)))
        goto done;
    if (t.size < 1 || t.dense < 1) {
        PyErr_SetString(PyExc_ValueError, "an empty table");
        goto done;
    }
    Py_ssize_t n = PyList_GET_SIZE(lines), room = n + 16 * LONGEST, used = 0;
    const size_t sizes[7] = {COLUMNS * sizeof(float), sizeof(float), sizeof(float), 1, 0, sizeof(int64_t), sizeof(int64_t)};
    if (n > PY_SSIZE_T_MAX / 256) {
        PyErr_NoMemory();
        goto done;
    }
    for (int i = 0; i < 7; i++)
        if (i != 4 && !(out[i] = PyByteArray_FromStringAndSize(NULL, n * (Py_ssize_t)sizes[i])))
            goto done;
    float *x = (float *)PyByteArray_AS_STRING(out[0]);
    float *weight = (float *)PyByteArray_AS_STRING(out[1]), *words = (float *)PyByteArray_AS_STRING(out[2]);
    uint8_t *prose = (uint8_t *)PyByteArray_AS_STRING(out[3]);
    int64_t *first = (int64_t *)PyByteArray_AS_STRING(out[5]), *runs = (int64_t *)PyByteArray_AS_STRING(out[6]);
    if (!(bag = PyMem_Malloc((size_t)room * sizeof(int64_t)))) {
        PyErr_NoMemory();
        goto done;
    }
    Line line;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *text = PyList_GET_ITEM(lines, i);
        if (!is_text(text) || !PyUnicode_GET_LENGTH(text)) {
            PyErr_SetString(PyExc_ValueError, "a line that is blank, or no text");
            goto done;
        }
        if (used + LONGEST + 1 > room) {
            int64_t *more = PyMem_Realloc(bag, 2 * (size_t)room * sizeof(int64_t));
            if (!more) {
                PyErr_NoMemory();
                goto done;
            }
            bag = more;
            room *= 2;
        }
        read_line(&t, text, &line);
        measure(&t, &line, PyUnicode_GET_LENGTH(text), x + COLUMNS * i, weight + i, words + i, prose + i);
        first[i] = used;
        used += runs[i] = number_words(&line, t.shift, bag + used);
    }
    if (!(out[4] = PyByteArray_FromStringAndSize((const char *)bag, used * (Py_ssize_t)sizeof(int64_t))))
        goto done;
    result = PyTuple_Pack(7, out[0], out[1], out[2], out[3], out[4], out[5], out[6]);
done:
    PyMem_Free(bag);
    for (int i = 0; i < 7; i++)
        Py_XDECREF(out[i]);
    let_go(&held);
    return result;
}
