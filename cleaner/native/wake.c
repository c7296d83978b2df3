/* Which patterns are worth trying on which lines: cleaner.rules.waker.
 *
 * Keywords are few, and text is long, so not every byte is looked at. A keyword of eight bytes and more holds six that begin at a
 * multiple of three, wherever it stands; one of four to seven three that begin at an even place. */
#include "native.h"

#include <stdlib.h>

enum { MOST_EDGES = 16, OFF = 255 };
enum { LARGE = 8, LARGE_GRAM = 6, LARGE_STEP = 3, SMALL = 4, SMALL_GRAM = 3, SMALL_STEP = 2, START_GRAM = 4 };
/* Bits that tell of most places that nothing is there: so few that they stay near the processor, as logarithms. */
enum { LARGE_BITS = 16, SMALL_BITS = 13, START_BITS = 16, MOST_BITS = 16 };

/* A keyword and the patterns that it wakes, or how a line starts and the pattern of lines that start so. */
typedef struct {
    uint32_t start, size, first, count;
} Word;

/* Words told by some of their bytes, which stand so far from their beginning; and which bytes some of those are, and some behind them,
 * as far as the word goes: they tell most words that are not there without a look at the word. */
typedef struct {
    uint32_t next, word : 24, off : 8, some, mask;
} Entry;

typedef struct {
    uint32_t used, mask, *slots; /* 0 for none */
    Entry *entries;
    uint64_t bits[1 << (MOST_BITS - 6)];
} Sieve;

typedef struct {
    Sieve large, small, starts;
    Word *words;
    uint32_t tiny, *tiny_words; /* those of less than four bytes */
    char *text;
    uint32_t *patterns;
    uint32_t count; /* of patterns */
    uint8_t *stage; /* of each pattern: number of the stage, or OFF */
    uint16_t *bound; /* and of the language that it is bound to, 0 for none */
    PyObject *stages;
    uint32_t *always, always_count;
    uint8_t edge[128];
    int edges;
    struct {
        char bytes[4];
        int size;
    } other_edges[MOST_EDGES];
} Waker;

static const char WAKER[] = "cleaner.native.waker";

static void free_waker(PyObject *capsule)
{
    Waker *w = PyCapsule_GetPointer(capsule, WAKER);
    if (!w)
        return;
    Sieve *sieves[] = {&w->large, &w->small, &w->starts};
    for (int i = 0; i < 3; i++) {
        PyMem_Free(sieves[i]->slots);
        PyMem_Free(sieves[i]->entries);
    }
    void *blocks[] = {w->words, w->tiny_words, w->text, w->patterns, w->stage, w->bound, w->always};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        PyMem_Free(blocks[i]);
    Py_XDECREF(w->stages);
    PyMem_Free(w);
}

/* Some bytes, mixed; eight are read. */
ALWAYS_INLINE uint64_t mixed(const char *text, int size)
{
    uint64_t gram;
    memcpy(&gram, text, sizeof gram);
#if PY_BIG_ENDIAN
    gram >>= 64 - 8 * size;
#else
    gram <<= 64 - 8 * size;
#endif
    return gram * UINT64_C(0x9E3779B97F4A7C15);
}

/* The bytes that an entry knows, of eight that are read. */
enum { KNOWN_FROM = 3 };
ALWAYS_INLINE uint32_t some_of(const char *text)
{
    uint32_t some;
    memcpy(&some, text + KNOWN_FROM, sizeof some);
    return some;
}

ALWAYS_INLINE int passes(const Sieve *sieve, uint64_t gram, int bits)
{
    gram >>= 64 - bits;
    return (int)(sieve->bits[gram >> 6] >> (gram & 63) & 1);
}

ALWAYS_INLINE uint32_t slot_of(const Sieve *sieve, uint64_t gram)
{
    return (uint32_t)(gram >> 36) & sieve->mask;
}

static int make_sieve(Sieve *sieve, Py_ssize_t most)
{
    uint32_t slots = 64;
    while (slots < 2 * (uint64_t)most && slots < UINT32_C(1) << 24)
        slots *= 2;
    sieve->mask = slots - 1;
    return (sieve->slots = PyMem_Calloc(slots, sizeof(uint32_t))) && (sieve->entries = PyMem_Calloc((size_t)most + 1, sizeof(Entry)));
}

static void put(Waker *w, Sieve *sieve, int bytes, int bits, uint32_t word, uint32_t off)
{
    const char *text = w->text + w->words[word].start + off;
    const uint64_t gram = mixed(text, bytes), bit = gram >> (64 - bits);
    uint32_t *slot = &sieve->slots[slot_of(sieve, gram)], mask;
    char own[8] = {0};
    for (uint32_t i = 0; i < sizeof own && off + i < w->words[word].size; i++)
        own[i] = '\xff';
    mask = some_of(own);
    sieve->bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
    sieve->entries[++sieve->used] = (Entry){*slot, word, off, some_of(text) & mask, mask};
    *slot = sieve->used;
}

/* Put the entries of each slot side by side, as they are read. */
static int lay_out(Sieve *sieve)
{
    Entry *entries = PyMem_Malloc(((size_t)sieve->used + 1) * sizeof *entries);
    uint32_t used = 0;
    if (!entries)
        return -1;
    for (uint32_t slot = 0; slot <= sieve->mask; slot++) {
        uint32_t e = sieve->slots[slot];
        if (e)
            sieve->slots[slot] = used + 1;
        while (e) {
            entries[++used] = sieve->entries[e];
            if ((e = entries[used].next))
                entries[used].next = used + 1;
        }
    }
    PyMem_Free(sieve->entries);
    sieve->entries = entries;
    return 0;
}

/* Take words and the numbers of patterns: the keywords, then the starts. */
static int put_words(Waker *w, PyObject *keywords, PyObject *wakes, PyObject *starts)
{
    const Py_ssize_t keys = PyList_GET_SIZE(keywords), all = keys + PyList_GET_SIZE(starts);
    Py_ssize_t size = 8, patterns = 0; /* behind the last words something is read */
    uint32_t used = 0;
    for (Py_ssize_t i = 0; i < all; i++) {
        Py_ssize_t bytes;
        if (!PyUnicode_AsUTF8AndSize(i < keys ? PyList_GET_ITEM(keywords, i) : PyList_GET_ITEM(starts, i - keys), &bytes))
            return -1;
        if ((i < keys && !bytes) || bytes > 1 << 20 || (i >= keys && bytes && bytes < START_GRAM) ||
            (i < keys && !PyTuple_Check(PyList_GET_ITEM(wakes, i)))) {
            PyErr_SetString(PyExc_ValueError, "keywords are not empty, and starts of some size");
            return -1;
        }
        size += bytes;
        patterns += i < keys ? PyTuple_GET_SIZE(PyList_GET_ITEM(wakes, i)) : 1;
    }
    if (all >= 1 << 24 || size > UINT32_MAX / 2 || patterns > UINT32_MAX / 2 || !(w->words = PyMem_Calloc((size_t)all + 1, sizeof(Word))) ||
        !(w->tiny_words = PyMem_Calloc((size_t)keys + 1, sizeof(uint32_t))) || !(w->text = PyMem_Calloc((size_t)size, 1)) ||
        !(w->patterns = PyMem_Calloc((size_t)patterns + 1, sizeof(uint32_t))) || !make_sieve(&w->large, LARGE_STEP * keys) ||
        !make_sieve(&w->small, SMALL_STEP * keys) || !make_sieve(&w->starts, all - keys)) {
        PyErr_NoMemory();
        return -1;
    }
    size = 0;
    for (Py_ssize_t i = 0; i < all; i++) {
        Py_ssize_t bytes;
        const char *text = PyUnicode_AsUTF8AndSize(i < keys ? PyList_GET_ITEM(keywords, i) : PyList_GET_ITEM(starts, i - keys), &bytes);
        if (!text)
            return -1;
        Word *word = &w->words[i];
        *word = (Word){(uint32_t)size, (uint32_t)bytes, used, 0};
        memcpy(w->text + size, text, (size_t)bytes);
        size += bytes;
        if (i >= keys) {
            w->patterns[used++] = (uint32_t)(i - keys);
            word->count = 1;
            if (bytes && w->stage[i - keys] != OFF)
                put(w, &w->starts, START_GRAM, START_BITS, (uint32_t)i, 0);
            continue;
        }
        PyObject *woken = PyList_GET_ITEM(wakes, i);
        for (; word->count < PyTuple_GET_SIZE(woken); word->count++) {
            const Py_ssize_t n = PyLong_AsSsize_t(PyTuple_GET_ITEM(woken, word->count));
            if (n < 0 || n >= (Py_ssize_t)w->count) {
                if (!PyErr_Occurred())
                    PyErr_SetString(PyExc_ValueError, "a pattern that is not there");
                return -1;
            }
            w->patterns[used++] = (uint32_t)n;
        }
        if (bytes >= LARGE)
            for (uint32_t off = 0; off < LARGE_STEP; off++)
                put(w, &w->large, LARGE_GRAM, LARGE_BITS, (uint32_t)i, off);
        else if (bytes >= SMALL)
            for (uint32_t off = 0; off < SMALL_STEP; off++)
                put(w, &w->small, SMALL_GRAM, SMALL_BITS, (uint32_t)i, off);
        else
            w->tiny_words[w->tiny++] = (uint32_t)i;
    }
    if (lay_out(&w->large) < 0 || lay_out(&w->small) < 0 || lay_out(&w->starts) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

static int put_edges(Waker *w, PyObject *edges)
{
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(edges); i++) {
        const Py_UCS4 c = PyUnicode_READ_CHAR(edges, i);
        if (c < 128) {
            w->edge[c] = 1;
            continue;
        }
        PyObject *one = PyUnicode_Substring(edges, i, i + 1);
        Py_ssize_t size;
        const char *text = one ? PyUnicode_AsUTF8AndSize(one, &size) : NULL;
        if (text && w->edges < MOST_EDGES) {
            memcpy(w->other_edges[w->edges].bytes, text, (size_t)size);
            w->other_edges[w->edges++].size = (int)size;
        } else if (text) {
            PyErr_SetString(PyExc_ValueError, "too many edges");
        }
        Py_XDECREF(one);
        if (PyErr_Occurred())
            return -1;
    }
    return 0;
}

/* make_waker(keywords, patterns of each, how lines start of each pattern, stage of each, language of each, names of the stages,
 * patterns tried on every line, edges). */
PyObject *native_make_waker(PyObject *module, PyObject *args)
{
    PyObject *keywords, *wakes, *starts, *stage, *bound, *names, *always, *edges, *capsule = NULL;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!O!O!OOO!O!U", &PyList_Type, &keywords, &PyList_Type, &wakes, &PyList_Type, &starts, &stage, &bound,
                          &PyTuple_Type, &names, &PyTuple_Type, &always, &edges))
        return NULL;
    const Py_ssize_t count = PyList_GET_SIZE(starts);
    Waker *w = PyMem_Calloc(1, sizeof *w);
    if (!w || !(capsule = PyCapsule_New(w, WAKER, free_waker))) {
        PyMem_Free(w);
        return w ? NULL : PyErr_NoMemory();
    }
    const uint8_t *stages = take_buffer(&held, stage, count, 1, 0);
    const uint16_t *languages = stages ? take_buffer(&held, bound, count, sizeof(uint16_t), 0) : NULL;
    if (!languages)
        goto done;
    int fine = PyList_GET_SIZE(wakes) == PyList_GET_SIZE(keywords) && PyTuple_GET_SIZE(names) < OFF;
    for (Py_ssize_t n = 0; n < count; n++)
        fine &= stages[n] == OFF || stages[n] < PyTuple_GET_SIZE(names);
    if (!fine) {
        PyErr_SetString(PyExc_ValueError, "stages that are not there, or keywords without patterns");
        goto done;
    }
    w->count = (uint32_t)count;
    w->stages = Py_NewRef(names);
    if (!(w->stage = PyMem_Malloc((size_t)count + 1)) || !(w->bound = PyMem_Malloc(((size_t)count + 1) * sizeof(uint16_t))) ||
        !(w->always = PyMem_Malloc(((size_t)PyTuple_GET_SIZE(always) + 1) * sizeof(uint32_t)))) {
        PyErr_NoMemory();
        goto done;
    }
    memcpy(w->stage, stages, (size_t)count);
    memcpy(w->bound, languages, (size_t)count * sizeof(uint16_t));
    for (; w->always_count < PyTuple_GET_SIZE(always); w->always_count++) {
        const Py_ssize_t n = PyLong_AsSsize_t(PyTuple_GET_ITEM(always, w->always_count));
        if (n < 0 || n >= count) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "a pattern that is not there");
            goto done;
        }
        w->always[w->always_count] = (uint32_t)n;
    }
    if (put_edges(w, edges) == 0)
        put_words(w, keywords, wakes, starts);
done:
    let_go(&held);
    if (PyErr_Occurred())
        Py_CLEAR(capsule);
    return capsule;
}

/* ---- waking ---- */

typedef struct {
    Py_ssize_t line;
    uint32_t pattern;
} Pair;

typedef struct {
    const Waker *waker;
    const char *text;
    Py_ssize_t size, lines;
    const Py_ssize_t *begin; /* of each line: where its newline stands */
    Py_ssize_t line;         /* that of the last word found */
    Pair *pairs;
    Py_ssize_t count, room;
    int language;
} Found;

static int add(Found *f, Py_ssize_t line, const uint32_t *patterns, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        const uint32_t n = patterns[k];
        if (f->waker->stage[n] == OFF || (f->waker->bound[n] && f->waker->bound[n] != f->language))
            continue;
        if (f->count && f->pairs[f->count - 1].line == line && f->pairs[f->count - 1].pattern == n)
            continue;
        if (f->count == f->room) {
            const Py_ssize_t room = 2 * f->room + 256;
            Pair *pairs = PyMem_Realloc(f->pairs, (size_t)room * sizeof *pairs);
            if (!pairs)
                return -1;
            f->pairs = pairs;
            f->room = room;
        }
        f->pairs[f->count++] = (Pair){line, n};
    }
    return 0;
}

/* Add the patterns of a word if it stands at a place; places come in order. */
ALWAYS_INLINE int try_word(Found *f, uint32_t number, Py_ssize_t at)
{
    const Word *word = &f->waker->words[number];
    if (at < 0 || at + (Py_ssize_t)word->size > f->size || memcmp(f->text + at, f->waker->text + word->start, word->size))
        return 0;
    while (f->line && f->begin[f->line] > at) /* a word found a few bytes on may begin before the last one */
        f->line--;
    while (f->line + 1 < f->lines && f->begin[f->line + 1] <= at)
        f->line++;
    return add(f, f->line, f->waker->patterns + word->first, word->count);
}

/* Try the words told by the bytes at a place, of which eight are read from a text that has them. */
static int try_entries(Found *f, const Sieve *sieve, const char *text, uint64_t gram, Py_ssize_t at)
{
    const uint32_t some = some_of(text);
    const Entry *entry = &sieve->entries[sieve->slots[slot_of(sieve, gram)]];
    if (entry == sieve->entries)
        return 0;
    for (;; entry++) {
        if (!((some ^ entry->some) & entry->mask) && try_word(f, entry->word, at - entry->off) < 0)
            return -1;
        if (!entry->next)
            return 0;
    }
}

ALWAYS_INLINE int sift(Found *f, const Sieve *sieve, int step, int bytes, int bits)
{
    char last[16] = {0}; /* a copy of what is too near the end to be read */
    Py_ssize_t at = 0;
    f->line = 0;
    for (; at + 8 <= f->size; at += step) {
        const uint64_t gram = mixed(f->text + at, bytes);
        if (LIKELY(!passes(sieve, gram, bits)))
            continue;
        if (try_entries(f, sieve, f->text + at, gram, at) < 0)
            return -1;
    }
    if (at < f->size)
        memcpy(last, f->text + at, (size_t)(f->size - at));
    for (const Py_ssize_t first = at; at + bytes <= f->size; at += step)
        if (try_entries(f, sieve, last + (at - first), mixed(last + (at - first), bytes), at) < 0)
            return -1;
    return 0;
}

static int find_keywords(Found *f)
{
    const Waker *w = f->waker;
    if ((w->large.used && sift(f, &w->large, LARGE_STEP, LARGE_GRAM, LARGE_BITS) < 0) || (w->small.used && sift(f, &w->small, SMALL_STEP, SMALL_GRAM, SMALL_BITS) < 0))
        return -1;
    for (uint32_t i = 0; i < w->tiny; i++) {
        const char *next = f->text, *end = f->text + f->size;
        f->line = 0;
        for (; (next = memchr(next, w->text[w->words[w->tiny_words[i]].start], (size_t)(end - next))); next++)
            if (try_word(f, w->tiny_words[i], next - f->text) < 0)
                return -1;
    }
    return 0;
}

/* How many bytes a mark at the edge of a phrase has; 0 if it is none. */
ALWAYS_INLINE int edge_at(const Waker *w, const char *text, Py_ssize_t left)
{
    if ((uint8_t)*text < 128)
        return w->edge[(uint8_t)*text];
    for (int i = 0; i < w->edges; i++)
        if (w->other_edges[i].size <= left && !memcmp(text, w->other_edges[i].bytes, (size_t)w->other_edges[i].size))
            return w->other_edges[i].size;
    return 0;
}

static int find_starts(Found *f)
{
    const Waker *w = f->waker;
    for (Py_ssize_t i = 0; i < f->lines; i++) {
        const Py_ssize_t end = i + 1 < f->lines ? f->begin[i + 1] : f->size;
        Py_ssize_t at = f->begin[i] + 1;
        for (int size; at < end && (size = edge_at(w, f->text + at, end - at)); )
            at += size;
        if (at + START_GRAM > end)
            continue;
        char last[8] = {0};
        if (at + 8 > f->size)
            memcpy(last, f->text + at, (size_t)(f->size - at));
        const char *text = at + 8 > f->size ? last : f->text + at;
        const uint64_t gram = mixed(text, START_GRAM);
        if (LIKELY(!passes(&w->starts, gram, START_BITS)))
            continue;
        f->line = i;
        if (try_entries(f, &w->starts, text, gram, at) < 0)
            return -1;
    }
    return 0;
}

static int in_order(const void *one, const void *other)
{
    const Pair *a = one, *b = other;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->pattern > b->pattern) - (a->pattern < b->pattern);
}

/* {stage: [(line, pattern)]} of the pairs, in order, each once. */
static PyObject *by_stage(Found *f)
{
    PyObject *lists[OFF] = {NULL}, *out = PyDict_New();
    if (f->count)
        qsort(f->pairs, (size_t)f->count, sizeof *f->pairs, in_order);
    for (Py_ssize_t k = 0; out && k < f->count; k++) {
        const Pair *pair = &f->pairs[k];
        if (k && !in_order(pair, pair - 1))
            continue;
        const int stage = f->waker->stage[pair->pattern];
        if (!lists[stage]) {
            PyObject *list = PyList_New(0);
            const int failed = !list || PyDict_SetItem(out, PyTuple_GET_ITEM(f->waker->stages, stage), list) < 0;
            Py_XDECREF(list); /* which the table keeps */
            if (failed) {
                Py_CLEAR(out);
                break;
            }
            lists[stage] = list;
        }
        PyObject *item = Py_BuildValue("nI", pair->line, pair->pattern);
        if (!item || PyList_Append(lists[stage], item) < 0)
            Py_CLEAR(out);
        Py_XDECREF(item);
    }
    return out;
}

/* wake(waker, lines joined with a newline before each, number of their language) -> {stage: [(line, pattern)]} */
PyObject *native_wake(PyObject *module, PyObject *args)
{
    PyObject *capsule, *out = NULL;
    Found f = {NULL};
    if (!PyArg_ParseTuple(args, "Oy#i", &capsule, &f.text, &f.size, &f.language) || !(f.waker = PyCapsule_GetPointer(capsule, WAKER)))
        return NULL;
    Py_ssize_t room = f.size / 16 + 16, *begin = PyMem_Malloc((size_t)room * sizeof *begin);
    const char *end = f.text + f.size, *next = f.text;
    for (; begin && (next = memchr(next, '\n', (size_t)(end - next))); next++) {
        if (f.lines == room) {
            Py_ssize_t *more = PyMem_Realloc(begin, (size_t)(room *= 2) * sizeof *begin);
            if (!more)
                break;
            begin = more;
        }
        begin[f.lines++] = next - f.text;
    }
    f.begin = begin;
    int failed = !begin || next;
    if (!failed && f.lines) {
        failed = find_keywords(&f) < 0 || find_starts(&f) < 0;
        for (Py_ssize_t i = 0; !failed && f.waker->always_count && i < f.lines; i++)
            failed = add(&f, i, f.waker->always, f.waker->always_count) < 0;
    }
    if (failed)
        PyErr_NoMemory();
    else
        out = by_stage(&f);
    PyMem_Free(begin);
    PyMem_Free(f.pairs);
    return out;
}
