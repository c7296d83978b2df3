/* What each line is like by itself: cleaner.model.own.look. */
#include "network.h"

/* The places of the measures, as in own.OWN; Python hands in how many there are, which is checked. */
enum { LETTERS = 0, CAPITALS = 4, COUNTS = 6, WORDS = 11, COMMAS, BREAKS, CHARS, ENDS = 15, STARTS = 24, LENGTH = 33, PROSE };
enum { COLUMNS = 35, EDGES = 9, COUNTED = 14, FIELD = 7, HALF = 63, LONGEST = 2 * HALF };
enum { SPACE = 5, NEWLINE = 6 };
#define MOST_COUNTED 6.0f
#define HEAVIEST 400.0f
#define LONGEST_WORD 20.0f
#define PROSE_WORDS 9.0f
#define PROSE_CHARS 220.0f

enum { ROOM = LONGEST + 2, STEP = 16 };
typedef struct {
    uint8_t kind[ROOM + STEP]; /* with a newline on both sides, and room to read more than there is */
    uint8_t low[LONGEST + 8];
    float chars, words; /* what dense letters count for more */
    Py_ssize_t size;
} Line;

/* Read characters to a place in a line; returns whether one is of a dense script. */
#define READ(TYPE)                                                                                                     \
    static int read_##TYPE(const Tables *t, const TYPE *from, Py_ssize_t size, Line *line, Py_ssize_t at)              \
    {                                                                                                                  \
        uint8_t dense = 0, *kind = line->kind + at + 1, *low = line->low + at;                                         \
        const uint8_t *table = t->both; /* kept here, since what is written below might be anywhere */                 \
        const uint32_t last = (uint32_t)t->size - 1;                                                                   \
        for (Py_ssize_t i = 0; i < size; i++)                                                                          \
            low[i] = (uint8_t)from[i];                                                                                 \
        for (Py_ssize_t i = 0; i < size; i++) {                                                                        \
            const uint32_t c = from[i];                                                                                \
            const uint8_t both = table[sizeof(TYPE) == 1 || c < last ? c : last];                                      \
            dense |= both;                                                                                             \
            kind[i] = both & 15;                                                                                       \
        }                                                                                                              \
        return dense >> 4;                                                                                             \
    }
READ(uint8_t)
READ(uint16_t)
READ(uint32_t)

static void read_line(const Tables *t, PyObject *text, Line *line)
{
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    const int kind = PyUnicode_KIND(text);
    const char *data = PyUnicode_DATA(text);
    double more[2] = {0, 0};
    for (int part = 0; part < 2; part++) {
        Py_ssize_t from = part ? length - HALF : 0, size = length <= LONGEST ? length : HALF, at = part ? HALF : 0;
        if (part && length <= LONGEST)
            break;
        const int dense = kind == PyUnicode_1BYTE_KIND   ? read_uint8_t(t, (const uint8_t *)data + from, size, line, at)
                          : kind == PyUnicode_2BYTE_KIND ? read_uint16_t(t, (const uint16_t *)data + from, size, line, at)
                                                         : read_uint32_t(t, (const uint32_t *)data + from, size, line, at);
        for (Py_ssize_t i = from; dense && i < from + size; i++) {
            const Py_UCS4 c = PyUnicode_READ(kind, data, i);
            const uint8_t sort = t->both[c < t->size ? c : t->size - 1] >> 4;
            if (sort && sort < t->dense) {
                more[0] += t->extra[sort];
                more[1] += t->extra[t->dense + sort];
            }
        }
    }
    line->size = length <= LONGEST ? length : LONGEST;
    line->chars = (float)more[0];
    line->words = (float)more[1];
    line->kind[0] = line->kind[line->size + 1] = NEWLINE;
}

/* Sum up what the pairs of kinds of a line count for. */
static void count_pairs(const Tables *t, const Line *line, uint64_t *sums)
{
    const int size = (int)line->size + 1;
    uint8_t pair[ROOM];
    for (int i = 0; i < ROOM; i++)
        pair[i] = (uint8_t)(line->kind[i] | line->kind[i + 1] << 4);
#if defined(__GNUC__)
    typedef uint64_t Two __attribute__((vector_size(16), aligned(8), may_alias));
    const Two *table = (const Two *)t->count;
    Two even = {0}, odd = {0};
    int i = 0;
    for (; i + 2 <= size; i += 2) {
        even += table[pair[i]];
        odd += table[pair[i + 1]];
    }
    if (i < size)
        even += table[pair[i]];
    even += odd;
    sums[0] = even[0];
    sums[1] = even[1];
#else
    sums[0] = sums[1] = 0;
    for (int i = 0; i < size; i++) {
        sums[0] += t->count[2 * pair[i]];
        sums[1] += t->count[2 * pair[i] + 1];
    }
#endif
}

/* Fill in the measures of a line. */
static void measure(const Tables *t, const Line *line, Py_ssize_t length, float *x, float *weight, float *words, uint8_t *prose)
{
    uint64_t sums[2];
    count_pairs(t, line, sums);
    for (int i = 0; i < COUNTED / 2; i++) {
        x[i] = (float)(int)(sums[0] >> FIELD * i & ((1 << FIELD) - 1));
        x[COUNTED / 2 + i] = (float)(int)(sums[1] >> FIELD * i & ((1 << FIELD) - 1));
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
    take_roots(x + WORDS, CHARS - WORDS + 1);
}

/* Where a line's words end, the last too; returns how many. */
static int find_ends(const Line *line, uint8_t *end)
{
    int found = 0;
    const int size = (int)line->size;
#if defined(__SSE2__)
    const __m128i first = _mm_set1_epi8(SPACE), second = _mm_set1_epi8(NEWLINE);
    for (int at = 0; at <= size; at += STEP) {
        const __m128i kinds = _mm_loadu_si128((const __m128i *)(line->kind + 1 + at));
        uint32_t ends = (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(kinds, first), _mm_cmpeq_epi8(kinds, second)));
        if (size + 1 - at < STEP)
            ends &= (1u << (size + 1 - at)) - 1;
        for (; ends; ends &= ends - 1)
            end[found++] = (uint8_t)(at + lowest_bit(ends));
    }
#else
    for (int i = 0; i <= size; i++) {
        end[found] = (uint8_t)i;
        found += (uint8_t)(line->kind[i + 1] - SPACE) < 2;
    }
#endif
    return found;
}

/* The numbers of a line's words as spaces part them; returns how many. */
static int64_t number_words(const Line *line, int shift, int64_t *out)
{
    uint8_t end[LONGEST + 2];
    const int found = find_ends(line, end);
    for (int i = 0, start = 0; i < found; start = end[i++] + 1) {
        const int letters = end[i] - start;
        uint64_t number;
        memcpy(&number, line->low + start, sizeof number);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        number = __builtin_bswap64(number);
#endif
        number |= UINT64_C(0x2020202020202020);
        if (letters < 8)
            number &= ((uint64_t)1 << 8 * letters) - 1;
        out[i] = (int64_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> shift);
    }
    return found;
}

static int read_tables(PyObject *tuple, Tables *t, Buffers *held)
{
    PyObject *both, *extra, *counts, *ends, *starts;
    int columns, bits;
    if (!PyArg_ParseTuple(tuple, "iOOOOOi:tables", &columns, &both, &extra, &counts, &ends, &starts, &bits))
        return -1;
    if (columns != COLUMNS || bits < 1 || bits > 31) {
        PyErr_SetString(PyExc_ValueError, "these are not the measures that this extension was built for");
        return -1;
    }
    t->shift = 64 - bits;
    if (!(t->both = take_buffer(held, both, -1, 1, 0)))
        return -1;
    t->size = held->views[held->count - 1].len;
    if (!(t->extra = take_buffer(held, extra, -1, 2 * sizeof(float), 0)))
        return -1;
    t->dense = held->views[held->count - 1].len / (Py_ssize_t)(2 * sizeof(float));
    if (!(t->count = take_buffer(held, counts, 512, sizeof(uint64_t), 0)) ||
        !(t->ends = take_buffer(held, ends, 256 * EDGES, sizeof(float), 0)) ||
        !(t->starts = take_buffer(held, starts, 256 * EDGES, sizeof(float), 0)))
        return -1;
    if (t->size < 256 || t->size > 0x110000 || t->dense < 1) {
        PyErr_SetString(PyExc_ValueError, "a table of the wrong size");
        return -1;
    }
    return 0;
}

/* Tables, and the arrays that they stand in. */
typedef struct {
    Tables tables;
    Buffers held;
} Kept;

static const char TABLES[] = "cleaner.native.tables";

static void drop_tables(Kept *kept)
{
    let_go(&kept->held);
    PyMem_Free(kept);
}

static void free_tables(PyObject *capsule)
{
    drop_tables(PyCapsule_GetPointer(capsule, TABLES));
}

const Tables *tables_of(PyObject *capsule)
{
    const Kept *kept = PyCapsule_GetPointer(capsule, TABLES);
    return kept ? &kept->tables : NULL;
}

/* make_tables(arrays): makes what look, decide and places take of own.for_c. */
PyObject *native_make_tables(PyObject *module, PyObject *arrays)
{
    if (!PyTuple_Check(arrays)) {
        PyErr_SetString(PyExc_TypeError, "a tuple of tables is expected");
        return NULL;
    }
    Kept *kept = PyMem_Calloc(1, sizeof *kept);
    if (!kept)
        return PyErr_NoMemory();
    PyObject *capsule = read_tables(arrays, &kept->tables, &kept->held) == 0 ? PyCapsule_New(kept, TABLES, free_tables) : NULL;
    if (!capsule)
        drop_tables(kept);
    return capsule;
}

void forget(Looked *looked)
{
    PyMem_RawFree(looked->x);
    PyMem_RawFree(looked->weight);
    PyMem_RawFree(looked->words);
    PyMem_RawFree(looked->prose);
    PyMem_RawFree(looked->first);
    PyMem_RawFree(looked->runs);
    PyMem_RawFree(looked->bag);
}

int look_at(const Tables *t, PyObject *lines, const uint8_t *there, Looked *out)
{
    const Py_ssize_t every = PyList_GET_SIZE(lines);
    Py_ssize_t n = there ? 0 : every;
    for (Py_ssize_t i = 0; there && i < every; i++)
        n += there[i] != 0;
    Py_ssize_t room = 12 * n + 16 * LONGEST;
    memset(out, 0, sizeof *out);
    out->lines = n;
    if (n > PY_SSIZE_T_MAX / 1024 || !(out->x = PyMem_RawMalloc((size_t)n * COLUMNS * sizeof(float))) ||
        !(out->weight = PyMem_RawMalloc((size_t)n * sizeof(float))) || !(out->words = PyMem_RawMalloc((size_t)n * sizeof(float))) ||
        !(out->prose = PyMem_RawMalloc((size_t)n)) || !(out->first = PyMem_RawMalloc((size_t)n * sizeof(int64_t))) ||
        !(out->runs = PyMem_RawMalloc((size_t)n * sizeof(int64_t))) || !(out->bag = PyMem_RawMalloc((size_t)room * sizeof(int64_t)))) {
        PyErr_NoMemory();
        return -1;
    }
    Line line;
    memset(&line, 0, sizeof line);
    for (Py_ssize_t k = 0, i = 0; k < every; k++) {
        if (there && !there[k])
            continue;
        PyObject *text = item_of(lines, k);
        if (!is_text(text) || !PyUnicode_GET_LENGTH(text)) {
            PyErr_SetString(PyExc_ValueError, "a line that is blank, or no text");
            return -1;
        }
        if (out->used + LONGEST + 1 > room) {
            int64_t *more = PyMem_RawRealloc(out->bag, 2 * (size_t)room * sizeof(int64_t));
            if (!more) {
                PyErr_NoMemory();
                return -1;
            }
            out->bag = more;
            room *= 2;
        }
        read_line(t, text, &line);
        measure(t, &line, PyUnicode_GET_LENGTH(text), out->x + COLUMNS * i, out->weight + i, out->words + i, out->prose + i);
        out->first[i] = out->used;
        out->used += out->runs[i++] = number_words(&line, t->shift, out->bag + out->used);
    }
    return 0;
}

/* look(tables, lines) -> (columns line by line, weight, words, prose, bag, first, runs), bytearrays of float32, bool and
 * int64. */
PyObject *native_look(PyObject *module, PyObject *args)
{
    PyObject *tables, *lines, *result = NULL;
    Looked looked = {0};
    if (!PyArg_ParseTuple(args, "OO!", &tables, &PyList_Type, &lines))
        return NULL;
    const Tables *t = tables_of(tables);
    if (t && look_at(t, lines, NULL, &looked) == 0) {
        const Py_ssize_t n = PyList_GET_SIZE(lines);
        const struct {
            const void *data;
            size_t size;
        } parts[7] = {{looked.x, n * COLUMNS * sizeof(float)}, {looked.weight, n * sizeof(float)}, {looked.words, n * sizeof(float)},
                      {looked.prose, (size_t)n}, {looked.bag, looked.used * sizeof(int64_t)}, {looked.first, n * sizeof(int64_t)},
                      {looked.runs, n * sizeof(int64_t)}};
        if ((result = PyTuple_New(7)))
            for (int i = 0; i < 7; i++) {
                PyObject *part = PyByteArray_FromStringAndSize(parts[i].data, (Py_ssize_t)parts[i].size);
                if (!part) {
                    Py_CLEAR(result);
                    break;
                }
                PyTuple_SET_ITEM(result, i, part);
            }
    }
    forget(&looked);
    return result;
}
