/* Loops over the characters of lines: cleaner.repair.look, .whitespace and .layout, cleaner.dumps.tally. */
#include "native.h"

/* ---- look.Look.odd: pieces of text, each once ---- */

/* Pieces of a text met so far. */
typedef struct {
    uint64_t hash;
    Py_ssize_t start, size; /* no piece is empty */
} Piece;
typedef struct {
    Piece *slots;
    size_t mask, used;
} Seen;

static int grow(Seen *seen)
{
    const size_t room = seen->slots ? 2 * (seen->mask + 1) : 256;
    Piece *slots = PyMem_Calloc(room, sizeof *slots);
    if (!slots)
        return -1;
    for (size_t i = 0; seen->slots && i <= seen->mask; i++)
        if (seen->slots[i].size) {
            size_t slot = (size_t)(seen->slots[i].hash >> 20) & (room - 1);
            while (slots[slot].size)
                slot = (slot + 1) & (room - 1);
            slots[slot] = seen->slots[i];
        }
    PyMem_Free(seen->slots);
    seen->slots = slots;
    seen->mask = room - 1;
    return 0;
}

/* Whether a piece of text is new, which it then no longer is; -1 if there is no memory. */
static int is_new(Seen *seen, int kind, const char *text, Piece piece)
{
    if ((!seen->slots || 2 * seen->used > seen->mask) && grow(seen) < 0)
        return -1;
    size_t slot = (size_t)(piece.hash >> 20) & seen->mask;
    for (; seen->slots[slot].size; slot = (slot + 1) & seen->mask) {
        const Piece *other = &seen->slots[slot];
        if (other->hash == piece.hash && other->size == piece.size &&
            !memcmp(text + other->start * kind, text + piece.start * kind, (size_t)(piece.size * kind)))
            return 0;
    }
    seen->slots[slot] = piece;
    seen->used++;
    return 1;
}

ALWAYS_INLINE int is_plain(Py_UCS4 c)
{
    return c == '\n' || (c >= 32 && c < 127 && c != '&' && c != '`');
}

/* Whether an entity begins at an ampersand: skip.ENTITY. */
static int is_entity(int kind, const void *text, Py_ssize_t at, Py_ssize_t stop)
{
    enum { MOST = 24 };
    Py_ssize_t first = at + 1, last;
    if (first < stop && PyUnicode_READ(kind, text, first) == '#')
        first++;
    for (last = first; last < stop && last <= first + MOST; last++) {
        const Py_UCS4 c = PyUnicode_READ(kind, text, last);
        if (c > 127 || !Py_ISALNUM(c))
            return c == ';' && last > first;
    }
    return 0;
}

static int holds(PyObject *characters, Py_UCS4 c)
{
    const Py_ssize_t length = PyUnicode_GET_LENGTH(characters);
    for (Py_ssize_t i = 0; i < length; i++)
        if (PyUnicode_READ_CHAR(characters, i) == c)
            return 1;
    return 0;
}

/* ---- whitespace._closed_up ---- */

enum { DEEP = 255, TAB = 4 };

/* Every space but the plain one, breaks aside: whitespace._SPACES. */
ALWAYS_INLINE int is_other_space(Py_UCS4 c)
{
    return c == '\t' || (c >= 0x1c && c <= 0x1f) || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

ALWAYS_INLINE int is_white(Py_UCS4 c)
{
    return c < 128 ? c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f) : Py_UNICODE_ISSPACE(c);
}

/* The part of a text from start to stop with its spaces closed up; NULL with no exception where that changes nothing. */
static PyObject *close_line(PyObject *text, Py_ssize_t start, Py_ssize_t stop)
{
    const int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t first = start, last = stop;
    while (first < last && is_white(PyUnicode_READ(kind, data, first)))
        first++;
    while (first < last && is_white(PyUnicode_READ(kind, data, last - 1)))
        last--;
    int doubled = 0, others = 0, before = 0;
    for (Py_ssize_t i = first; i < last; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (LIKELY(c > ' ' && c < 128)) {
            before = 0;
            continue;
        }
        const int other = is_other_space(c), space = other || c == ' ';
        others |= other;
        doubled |= space && before;
        before = space;
    }
    if (!doubled && !others)
        return first == start && last == stop ? NULL : PyUnicode_Substring(text, first, last);
    Py_UCS4 *line = PyMem_Malloc((size_t)(last - first) * sizeof(Py_UCS4));
    if (!line)
        return PyErr_NoMemory();
    Py_ssize_t size = 0;
    for (Py_ssize_t i = first; i < last; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (doubled ? is_white(c) : is_other_space(c)) {
            if (!doubled || !size || line[size - 1] != ' ')
                line[size++] = ' ';
        } else
            line[size++] = c;
    }
    PyObject *out = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, line, size);
    PyMem_Free(line);
    return out;
}

/* Where the line that begins at `start` ends. */
#define END_OF(TYPE)                                                                                                   \
    static Py_ssize_t end_of_##TYPE(const TYPE *text, Py_ssize_t start, Py_ssize_t size)                               \
    {                                                                                                                  \
        while (start < size) {                                                                                         \
            const char *from = (const char *)(text + start);                                                           \
            const char *found = memchr(from, '\n', (size_t)(size - start) * sizeof(TYPE));                             \
            if (!found)                                                                                                \
                return size;                                                                                           \
            start += (found - from) / (Py_ssize_t)sizeof(TYPE);                                                        \
            if (text[start] == '\n') /* and not one of the bytes of another character */                               \
                return start;                                                                                          \
            start++;                                                                                                   \
        }                                                                                                              \
        return size;                                                                                                   \
    }
END_OF(uint16_t)
END_OF(uint32_t)

static Py_ssize_t end_of_uint8_t(const uint8_t *text, Py_ssize_t start, Py_ssize_t size)
{
    const uint8_t *found = memchr(text + start, '\n', (size_t)(size - start));
    return found ? found - text : size;
}

/* Whether closing up the spaces of a line could change it, and the bits that its characters have; no character that is neither
 * small nor WIDE is a space. And where the next character of a text stands that is not plain: 16 bytes at a time as long as there
 * are many, then more. */
#define ODD(c) (((c) < 32) | BEYOND(c))
#define BEYOND(c) (((c) == 0x85) | ((c) == 0xa0) | WIDE(c))
#define NOT_PLAIN(c) ((((c) < 32) & ((c) != '\n')) | ((c) > 126) | ((c) == '&') | ((c) == '`'))
#define DOUBLED(c, before) (((c) == ' ') & ((before) == ' '))
#if defined(__GNUC__)
#define SOME(place) (*(const Some *)(place))
#define MAY_CHANGE_MANY(TYPE)                                                                                          \
    typedef TYPE Some __attribute__((vector_size(16), aligned(1), may_alias));                                         \
    enum { COUNT = 16 / sizeof(TYPE) };                                                                                \
    if (size > COUNT) {                                                                                                \
        Some odd = {0}, every = {0};                                                                                   \
        for (Py_ssize_t i = 1; i < size; i += COUNT) {                                                                 \
            i = i + COUNT <= size ? i : size - COUNT; /* the rest, and some once more */                               \
            odd |= (Some)((SOME(line + i) < 32) | DOUBLED(SOME(line + i), SOME(line + i - 1)));                        \
            every |= SOME(line + i);                                                                                   \
        }                                                                                                              \
        uint64_t any[2], all[2];                                                                                       \
        memcpy(all, &every, sizeof all);                                                                               \
        for (int half = 32; half >= 8 * (int)sizeof(TYPE); half /= 2)                                                  \
            all[0] |= (all[0] | all[1]) >> half;                                                                       \
        *bits = (TYPE)(all[0] | all[1] | line[0]);                                                                     \
        for (Py_ssize_t i = 1; *bits > 127 && i < size; i += COUNT) { /* few lines have any */                         \
            i = i + COUNT <= size ? i : size - COUNT;                                                                  \
            odd |= (Some)BEYOND(SOME(line + i));                                                                       \
        }                                                                                                              \
        memcpy(any, &odd, sizeof any);                                                                                 \
        return (any[0] | any[1]) || ODD(line[0]) || line[0] == ' ' || line[size - 1] == ' ';                           \
    }
#define STEP(TYPE) ((Py_ssize_t)(16 / sizeof(TYPE)))
#define STEPS(TYPE)                                                                                                    \
    ALWAYS_INLINE Py_ssize_t steps_##TYPE(const TYPE *text, Py_ssize_t start, Py_ssize_t stop)                         \
    {                                                                                                                  \
        typedef TYPE Some __attribute__((vector_size(16), aligned(1), may_alias));                                     \
        for (; start + STEP(TYPE) <= stop; start += STEP(TYPE)) {                                                      \
            const Some odd = (Some)NOT_PLAIN(SOME(text + start));                                                      \
            uint64_t any[2];                                                                                           \
            memcpy(any, &odd, sizeof any);                                                                             \
            if (any[0] | any[1])                                                                                       \
                break;                                                                                                 \
        }                                                                                                              \
        return start;                                                                                                  \
    }
#else
#define MAY_CHANGE_MANY(TYPE)
#define STEP(TYPE) 1
#define STEPS(TYPE)                                                                                                    \
    ALWAYS_INLINE Py_ssize_t steps_##TYPE(const TYPE *text, Py_ssize_t start, Py_ssize_t stop)                         \
    {                                                                                                                  \
        while (start < stop && is_plain(text[start]))                                                                  \
            start++;                                                                                                   \
        return start;                                                                                                  \
    }
#endif
#define SCANS(TYPE)                                                                                                    \
    ALWAYS_INLINE int may_change_##TYPE(const TYPE *line, Py_ssize_t size, Py_UCS4 *bits)                              \
    {                                                                                                                  \
        MAY_CHANGE_MANY(TYPE)                                                                                          \
        int found = 0;                                                                                                 \
        TYPE every = 0;                                                                                                \
        for (Py_ssize_t i = 0; i < size; i++) {                                                                        \
            found |= ODD(line[i]) | (i && DOUBLED(line[i], line[i - 1]));                                              \
            every |= line[i];                                                                                          \
        }                                                                                                              \
        *bits = every;                                                                                                 \
        return found || (size && (line[0] == ' ' || line[size - 1] == ' '));                                           \
    }                                                                                                                  \
    STEPS(TYPE)                                                                                                        \
    ALWAYS_INLINE Py_ssize_t plain_##TYPE##_body(const TYPE *text, Py_ssize_t start, Py_ssize_t size)                  \
    {                                                                                                                  \
        const Py_ssize_t near = size - start < 64 ? size : start + 64;                                                 \
        start = steps_##TYPE(text, start, near);                                                                       \
        if (start + STEP(TYPE) > near) { /* then the next one may be far away */                                       \
            for (; start + 64 <= size; start += 64) {                                                                  \
                TYPE odd = 0;                                                                                          \
                for (Py_ssize_t i = start; i < start + 64; i++)                                                        \
                    odd |= (TYPE)NOT_PLAIN(text[i]);                                                                   \
                if (odd)                                                                                               \
                    break;                                                                                             \
            }                                                                                                          \
            start = steps_##TYPE(text, start, size);                                                                   \
        }                                                                                                              \
        while (start < size && is_plain(text[start]))                                                                  \
            start++;                                                                                                   \
        return start;                                                                                                  \
    }                                                                                                                  \
    BY_PROCESSOR(Py_ssize_t, plain_##TYPE, (const TYPE *text, Py_ssize_t start, Py_ssize_t size), (text, start, size))
#define WIDE(c) 0
SCANS(uint8_t)
#undef WIDE
#define WIDE(c)                                                                                                        \
    (((c) == 0x1680) | ((c) == 0x3000) | ((c) >> 4 == 0x200) | ((c) >> 3 == 0x405) | ((c) == 0x205f))
SCANS(uint16_t)
SCANS(uint32_t)

/* The next line of a text, from `start` on: where it stops, and what is left of it without plain spaces around it. */
typedef struct {
    Py_ssize_t stop, first, last;
    int may_change; /* whether closing up spaces may change what is left */
    Py_UCS4 bits;   /* of all its characters */
} Next;

/* Part of a text whose characters have no other bits, as a text of its own. */
#define CUT(TYPE)                                                                                                      \
    ALWAYS_INLINE PyObject *cut_##TYPE##_body(const TYPE *from, Py_ssize_t size, Py_UCS4 bits)                         \
    {                                                                                                                  \
        PyObject *out = PyUnicode_New(size, bits > 0xffff ? 0x10ffff : bits);                                          \
        if (!out)                                                                                                      \
            return NULL;                                                                                               \
        void *to = PyUnicode_DATA(out);                                                                                \
        if (PyUnicode_KIND(out) == sizeof(TYPE))                                                                       \
            memcpy(to, from, (size_t)size * sizeof(TYPE));                                                             \
        else if (PyUnicode_KIND(out) == PyUnicode_1BYTE_KIND)                                                          \
            for (Py_ssize_t i = 0; i < size; i++)                                                                      \
                ((uint8_t *)to)[i] = (uint8_t)from[i];                                                                 \
        else                                                                                                           \
            for (Py_ssize_t i = 0; i < size; i++)                                                                      \
                ((uint16_t *)to)[i] = (uint16_t)from[i];                                                               \
        return out;                                                                                                    \
    }                                                                                                                  \
    BY_PROCESSOR(PyObject *, cut_##TYPE, (const TYPE *from, Py_ssize_t size, Py_UCS4 bits), (from, size, bits))
CUT(uint8_t)
CUT(uint16_t)
CUT(uint32_t)

/* The part from start to stop; what its characters have in bits is known. */
static PyObject *cut(int kind, const void *data, Py_ssize_t start, Py_ssize_t stop, Py_UCS4 bits)
{
    return kind == PyUnicode_1BYTE_KIND   ? cut_uint8_t((const uint8_t *)data + start, stop - start, bits)
           : kind == PyUnicode_2BYTE_KIND ? cut_uint16_t((const uint16_t *)data + start, stop - start, bits)
                                          : cut_uint32_t((const uint32_t *)data + start, stop - start, bits);
}

#define NEXT(TYPE)                                                                                                     \
    static Next next_##TYPE(const TYPE *text, Py_ssize_t start, Py_ssize_t size)                                       \
    {                                                                                                                  \
        Next next = {end_of_##TYPE(text, start, size), start, 0, 0, 0};                                                \
        for (next.last = next.stop; next.first < next.stop && text[next.first] == ' ';)                                \
            next.first++;                                                                                              \
        while (next.last > next.first && text[next.last - 1] == ' ')                                                   \
            next.last--;                                                                                               \
        next.may_change = may_change_##TYPE(text + next.first, next.last - next.first, &next.bits);                    \
        return next;                                                                                                   \
    }
NEXT(uint8_t)
NEXT(uint16_t)
NEXT(uint32_t)

/* How far a line is set in that has so many plain spaces before `first`: layout._depth. DEEP for that far, or if in doubt. */
static uint8_t depth_of(int kind, const void *data, Py_ssize_t depth, Py_ssize_t first, Py_ssize_t stop)
{
    for (Py_ssize_t i = first; i < stop && depth < DEEP; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (!is_white(c))
            return (uint8_t)depth;
        depth = c == '\r' ? DEEP : c == '\t' ? depth / TAB * TAB + TAB : depth + 1;
    }
    return (uint8_t)(depth < DEEP ? depth : DEEP);
}

/* close_up(text, indent) -> (its lines with their spaces closed up, whether that changed one, of each how far it was set in, if
 * it began with one of the characters of `indent`). */
PyObject *native_close_up(PyObject *module, PyObject *args)
{
    PyObject *text, *indent, *lines = NULL, *indents = NULL, *result = NULL;
    if (!PyArg_ParseTuple(args, "UU", &text, &indent))
        return NULL;
    const int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Py_ssize_t room = length / 32 + 16, count = 0;
    int changed = 0;
    uint8_t *depths = PyMem_Malloc((size_t)room);
    if (!depths)
        return PyErr_NoMemory();
    if (!(lines = PyList_New(0)))
        goto done;
    for (Py_ssize_t start = 0; start <= length;) {
        const Next next = kind == PyUnicode_1BYTE_KIND   ? next_uint8_t(data, start, length)
                          : kind == PyUnicode_2BYTE_KIND ? next_uint16_t(data, start, length)
                                                         : next_uint32_t(data, start, length);
        PyObject *line = next.may_change ? close_line(text, next.first, next.last) : NULL;
        if (line || (next.may_change && PyErr_Occurred()))
            changed = 1;
        else
            line = cut(kind, data, next.first, next.last, next.bits);
        changed |= next.first > start || next.last < next.stop;
        if (count == room) {
            room *= 2;
            uint8_t *more = PyMem_Realloc(depths, (size_t)room);
            if (!more) {
                PyErr_NoMemory();
                Py_CLEAR(line);
            } else
                depths = more;
        }
        const int failed = !line || PyList_Append(lines, line) < 0;
        Py_XDECREF(line);
        if (failed)
            goto done;
        const int is_in = next.stop > start && (next.first > start || (next.may_change && holds(indent, PyUnicode_READ(kind, data, start))));
        depths[count++] = is_in ? depth_of(kind, data, next.first - start, next.first, next.stop) : 0;
        start = next.stop + 1;
    }
    if ((indents = PyBytes_FromStringAndSize((const char *)depths, count)))
        result = PyTuple_Pack(3, lines, changed ? Py_True : Py_False, indents);
done:
    PyMem_Free(depths);
    Py_XDECREF(lines);
    Py_XDECREF(indents);
    return result;
}

/* odd(text) -> the stretches of its characters that are not plain, each once, with spaces between them. An ampersand is plain
 * that begins no entity. */
PyObject *native_odd(PyObject *module, PyObject *text)
{
    if (!is_text(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is expected");
        return NULL;
    }
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    const int kind = PyUnicode_KIND(text);
    const char *data = PyUnicode_DATA(text);
    Seen seen = {NULL, 0, 0};
    Py_UCS4 *out = NULL;
    Py_ssize_t size = 0, room = 0;
    PyObject *result = NULL;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (kind == PyUnicode_1BYTE_KIND)
            i = plain_uint8_t((const uint8_t *)data, i, length);
        else if (kind == PyUnicode_2BYTE_KIND)
            i = plain_uint16_t((const uint16_t *)data, i, length);
        else
            i = plain_uint32_t((const uint32_t *)data, i, length);
        if (i == length)
            break;
        uint64_t hash = hash_seed;
        Py_ssize_t start = i;
        for (Py_UCS4 c; i < length && !is_plain(c = PyUnicode_READ(kind, data, i)); i++) {
            if (c == '&' && !is_entity(kind, data, i, length))
                break;
            hash = (hash ^ c) * UINT64_C(0x9E3779B97F4A7C15);
            hash ^= hash >> 29;
        }
        if (i == start)
            continue;
        const int new = is_new(&seen, kind, data, (Piece){hash, start, i - start});
        if (new < 0)
            goto no_memory;
        if (!new)
            continue;
        if (room - size < i - start + 1) {
            room = 2 * room + i - start + 256;
            Py_UCS4 *more = PyMem_Realloc(out, (size_t)room * sizeof(Py_UCS4));
            if (!more)
                goto no_memory;
            out = more;
        }
        if (size)
            out[size++] = ' ';
        for (Py_ssize_t j = start; j < i; j++)
            out[size++] = PyUnicode_READ(kind, data, j);
    }
    result = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, out ? (const void *)out : "", size);
    goto done;
no_memory:
    PyErr_NoMemory();
done:
    PyMem_Free(out);
    PyMem_Free(seen.slots);
    return result;
}

/* ---- dumps.tally.words ---- */

/* Han and kana, of which each character counts as a word: tally._CJK. */
ALWAYS_INLINE int is_cjk(Py_UCS4 c)
{
    return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) ||
           (c >= 0xf900 && c <= 0xfaff);
}

/* words(text) -> how many words stand in it. */
PyObject *native_words(PyObject *module, PyObject *text)
{
    if (!is_text(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is expected");
        return NULL;
    }
    const int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Py_ssize_t count = 0;
    int before = 1;
    if (kind == PyUnicode_1BYTE_KIND) {
        uint8_t white[256];
        for (int c = 0; c < 256; c++)
            white[c] = (uint8_t)is_white((Py_UCS4)c);
        for (Py_ssize_t i = 0; i < length; i++) {
            const int now = white[((const uint8_t *)data)[i]];
            count += before & !now;
            before = now;
        }
    } else
        for (Py_ssize_t i = 0; i < length; i++) {
            const Py_UCS4 c = PyUnicode_READ(kind, data, i);
            const int now = is_white(c);
            count += (before & !now) + is_cjk(c);
            before = now;
        }
    return PyLong_FromSsize_t(count);
}

/* ---- layout._candidates ---- */

/* Whether a line that ends as code does begins so, too: layout._BEGINS. */
static int begins_as_code(PyObject *line, Py_UCS4 end)
{
    const int kind = PyUnicode_KIND(line);
    const void *data = PyUnicode_DATA(line);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(line);
    const Py_UCS4 first = PyUnicode_READ(kind, data, 0);
    if (end == ';' || end == '{' || end == '}')
        return 1;
    if (end == '>')
        return first == '<';
    if (end == ':')
        return first < 128 && strchr("cdefitw", (int)first) && first;
    if (first == ']' || first == ')' || first == '}' || (end == ',' && first == '"'))
        return 1;
    Py_ssize_t i = 0;
    for (; i < length; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c < 128 && !((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && (!c || !strchr("_.[]\"'", (int)c)))
            break;
    }
    if (!i || i == length)
        return 0;
    Py_UCS4 c = PyUnicode_READ(kind, data, i);
    if (c == '(')
        return 1;
    if (c == ' ' && ++i < length)
        c = PyUnicode_READ(kind, data, i);
    if (c && c < 128 && strchr("-+*/|:", (int)c) && ++i < length)
        c = PyUnicode_READ(kind, data, i);
    return c == '=';
}

/* stretches(lines, code, verse, width, indents or None) -> [(first, after the last, whether there may be verse, lines that may be
 * code)]: layout.stretches_in_python. */
PyObject *native_stretches(PyObject *module, PyObject *args)
{
    enum { OTHER = 1, CODE = 2, VERSE = 4, AHEAD = 4 };
    PyObject *lines, *code, *verse, *indents, *out = NULL, *spoke = NULL;
    Py_ssize_t width;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!UUnO", &PyList_Type, &lines, &code, &verse, &width, &indents))
        return NULL;
    uint8_t ascii[128];
    memset(ascii, OTHER, sizeof ascii);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(code); i++)
        if (PyUnicode_READ_CHAR(code, i) < 128)
            ascii[PyUnicode_READ_CHAR(code, i)] |= CODE;
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(verse); i++)
        if (PyUnicode_READ_CHAR(verse, i) < 128)
            ascii[PyUnicode_READ_CHAR(verse, i)] |= VERSE;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    const uint8_t *deep = NULL;
    uint8_t *ends = NULL;
    if (indents != Py_None && !(deep = take_buffer(&held, indents, n, 1, 0)))
        goto failed;
    if (!(ends = PyMem_Calloc((size_t)n + AHEAD + 1, 1))) {
        PyErr_NoMemory();
        goto failed;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *line = text_of(lines, i);
        if (!line)
            goto failed;
        const Py_ssize_t length = PyUnicode_GET_LENGTH(line);
        if (length) {
            const Py_UCS4 c = PyUnicode_READ_CHAR(line, length - 1);
            ends[i] = c < 128 ? ascii[c] : (uint8_t)(OTHER | (holds(code, c) ? CODE : 0) | (holds(verse, c) ? VERSE : 0));
        }
    }
    if (!(out = PyList_New(0)))
        goto failed;
    for (Py_ssize_t start = 0, stop; start < n; start = stop + 1) {
        int is_deep = !deep, is_verse = 0, is_narrow = 1;
        for (stop = start; stop < n && ends[stop]; stop++) {
            PyObject *line = PyList_GET_ITEM(lines, stop);
            is_deep |= deep && deep[stop];
            is_narrow &= PyUnicode_GET_LENGTH(line) <= width;
            if (ends[stop] & VERSE && !is_verse && is_narrow) {
                int more = 0;
                for (int j = 1; j <= AHEAD && ends[stop + j] && more < 2; j++)
                    more += (ends[stop + j] & VERSE) != 0;
                is_verse = more == 2;
            }
            if (ends[stop] & CODE && begins_as_code(line, PyUnicode_READ_CHAR(line, PyUnicode_GET_LENGTH(line) - 1))) {
                PyObject *number = PyLong_FromSsize_t(stop);
                const int wrong = !number || (!spoke && !(spoke = PyList_New(0))) || PyList_Append(spoke, number) < 0;
                Py_XDECREF(number);
                if (wrong)
                    goto failed;
            }
        }
        is_verse &= is_deep & is_narrow;
        if (!is_verse && !spoke)
            continue;
        if (!spoke && !(spoke = PyList_New(0)))
            goto failed;
        PyObject *found = Py_BuildValue("nnON", start, stop, is_verse ? Py_True : Py_False, spoke);
        spoke = NULL;
        const int wrong = !found || PyList_Append(out, found) < 0;
        Py_XDECREF(found);
        if (wrong)
            goto failed;
    }
    goto done;
failed:
    Py_CLEAR(out);
done:
    PyMem_Free(ends);
    Py_XDECREF(spoke);
    let_go(&held);
    return out;
}
