/* What is asked of a page's bytes before it is parsed: cleaner.read.encoding, cleaner.read.guard, cleaner.read.state,
 * cleaner.read.streamed. */
#include "native.h"

enum { STRIDE = 128, STRETCH = 8192, LOOKED_AT = 1000000, MOST_WORDS = 8 };

/* Whether a character of UTF-8 stands at `at`: its size, 0 if not. */
ALWAYS_INLINE int character_size(const uint8_t *at, const uint8_t *end)
{
    const uint8_t c = *at;
    int size = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || end - at < size)
        return 0;
    for (int i = 1; i < size; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    if ((c == 0xE0 && at[1] < 0xA0) || (c == 0xED && at[1] > 0x9F) || (c == 0xF0 && at[1] < 0x90) || (c == 0xF4 && at[1] > 0x8F))
        return 0;
    return size;
}

/* utf8(data) -> how many characters beyond ASCII there are in the first million bytes; -1 if this is not UTF-8. */
PyObject *native_utf8(PyObject *module, PyObject *data)
{
    if (!PyBytes_Check(data)) {
        PyErr_SetString(PyExc_TypeError, "bytes are expected");
        return NULL;
    }
    const uint8_t *start = (const uint8_t *)PyBytes_AS_STRING(data), *at = start, *end = start + PyBytes_GET_SIZE(data);
    long found = 0;
    while (at < end) {
        if (*at < 0x80) {
            for (uint64_t eight; end - at >= 8; at += 8) {
                memcpy(&eight, at, 8);
                if (eight & UINT64_C(0x8080808080808080))
                    break;
            }
            while (at < end && *at < 0x80)
                at++;
            continue;
        }
        const int size = character_size(at, end);
        if (!size)
            return PyLong_FromLong(-1);
        at += size;
        found += at - start <= LOOKED_AT;
    }
    return PyLong_FromLong(found);
}

typedef struct {
    const char *text;
    Py_ssize_t size;
} Word;

/* Whether a word of two bytes or more stands in `size` bytes. */
ALWAYS_INLINE int has_word(const char *data, Py_ssize_t size, const char *word, Py_ssize_t length)
{
    const Py_ssize_t places = size - length + 1, pair = length > 4 ? 2 : 0; /* two letters further in are rarer */
    const char *one = data + pair, *two = one + 1, first = word[0], a = word[pair], b = word[pair + 1];
    for (Py_ssize_t i = 0, stop; i < places; i = stop) {
        stop = i + STRIDE < places ? i + STRIDE : places;
        if (i + STRIDE <= places) { /* so many places at once */
            uint8_t any = 0;
            for (int k = 0; k < STRIDE; k++)
                any |= (uint8_t)((one[i + k] == a) & (two[i + k] == b));
            if (LIKELY(!any))
                continue;
        }
        for (Py_ssize_t k = i; k < stop; k++)
            if (data[k] == first && !memcmp(data + k, word, (size_t)length))
                return 1;
    }
    return 0;
}

/* Which of some words stand in `size` bytes: a bit for each. A stretch of the bytes is searched for each of them in turn. */
ALWAYS_INLINE int words_in_body(const char *data, Py_ssize_t size, const Word *words, int count)
{
    int found = 0;
    for (Py_ssize_t at = 0; at < size; at += STRETCH)
        for (int w = 0; w < count; w++) {
            const Py_ssize_t left = size - at, most = STRETCH + words[w].size - 1;
            if (!(found >> w & 1) && has_word(data + at, left < most ? left : most, words[w].text, words[w].size))
                found |= 1 << w;
        }
    return found;
}
BY_PROCESSOR(int, words_in, (const char *data, Py_ssize_t size, const Word *words, int count), (data, size, words, count))

/* holds(data, words) -> which of some words, of two bytes or more, are in bytes: a bit for each. */
PyObject *native_holds(PyObject *module, PyObject *args)
{
    const char *data;
    Py_ssize_t size;
    PyObject *tuple;
    Word words[MOST_WORDS];
    if (!PyArg_ParseTuple(args, "y#O!", &data, &size, &PyTuple_Type, &tuple))
        return NULL;
    const Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    for (Py_ssize_t w = 0; w < count; w++) {
        PyObject *word = PyTuple_GET_ITEM(tuple, w);
        if (count > MOST_WORDS || !PyBytes_Check(word) || PyBytes_GET_SIZE(word) < 2) {
            PyErr_SetString(PyExc_ValueError, "a few words of two bytes or more are expected");
            return NULL;
        }
        words[w] = (Word){PyBytes_AS_STRING(word), PyBytes_GET_SIZE(word)};
    }
    return PyLong_FromLong(words_in(data, size, words, (int)count));
}

ALWAYS_INLINE int is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* guard._few_attributes: whether a tag, without its <, has more attributes than any should have. */
static int has_many(const char *tag, Py_ssize_t size, Py_ssize_t longest, Py_ssize_t most)
{
    const char *end = memchr(tag, '>', (size_t)size);
    Py_ssize_t quotes = 0, parts = 0;
    size = end ? end - tag : size;
    if (size < longest || !is_letter(*tag))
        return 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        quotes += tag[i] == '"';
        parts += (tag[i] == '=') + (tag[i] == ' ');
    }
    return quotes % 2 == 0 && parts >= most;
}

/* guard(html, few, longest, most) -> 1 if a tag of so many bytes has so many attributes, plus 2 if there are so many tags that
 * open, and at some place half as many more than before: guard._may_be_deep; plus 4 if there are so many tags that open. */
PyObject *native_guard(PyObject *module, PyObject *args)
{
    const char *html;
    Py_ssize_t size, few, longest, most;
    if (!PyArg_ParseTuple(args, "y#nnn", &html, &size, &few, &longest, &most))
        return NULL;
    const char *const end = html + size, *at = memchr(html, '<', (size_t)size);
    Py_ssize_t tags = 0, closed = 0, opened = 0, least = PY_SSIZE_T_MAX, deepest = 0;
    int many = 0;
    while (at) {
        const char *tag = at + 1, *next = tag < end ? memchr(tag, '<', (size_t)(end - tag)) : NULL;
        const Py_ssize_t length = (next ? next : end) - tag;
        tags += tag < end;
        if (length) {
            closed += *tag == '/';
            opened += is_letter(*tag) - (*tag == '/');
            least = opened < least ? opened : least;
            deepest = opened - least > deepest ? opened - least : deepest;
            if (length > longest && !many)
                many = has_many(tag, length, longest, most);
        }
        at = next;
    }
    const int enough = tags - closed >= few;
    return PyLong_FromLong(many + 2 * (enough && deepest > few / 2) + 4 * enough);
}

/* The first letters of a tag's name, and how often it was opened and closed. */
enum { NAME = 16 };
typedef struct {
    uint64_t letters[NAME / 8];
    int64_t opened, open, least;
} Name;

/* Where a name is in a table of `room` places, or where it would be. */
static size_t place_of(const Name *table, size_t room, const uint64_t *letters)
{
    const uint64_t hash = (letters[0] * UINT64_C(0x9E3779B97F4A7C15) + letters[1] + hash_seed) * UINT64_C(0xC2B2AE3D27D4EB4F);
    size_t at = (size_t)(hash >> 32) & (room - 1);
    while (table[at].letters[0] && memcmp(table[at].letters, letters, NAME))
        at = (at + 1) & (room - 1);
    return at;
}

/* A table of twice the room with the same names; NULL if there is no memory. */
static Name *widened(const Name *table, size_t room)
{
    Name *wider = PyMem_RawCalloc(2 * room, sizeof *wider);
    for (size_t i = 0; wider && i < room; i++)
        if (table[i].letters[0])
            wider[place_of(wider, 2 * room, table[i].letters)] = table[i];
    return wider;
}

/* strays(html, few, most loose, loose names with spaces around) -> guard._has_strays, of a page with so many tags that open. */
PyObject *native_strays(PyObject *module, PyObject *args)
{
    const char *html, *loose_names;
    Py_ssize_t size, few, most_loose, loose_size;
    if (!PyArg_ParseTuple(args, "y#nny#", &html, &size, &few, &most_loose, &loose_names, &loose_size))
        return NULL;
    size_t room = 256, names = 0;
    Py_ssize_t opening = 0, tags = 0, longest = 0, strays = 0, loose = 0;
    Name *table = PyMem_RawCalloc(room, sizeof *table);
    const char *const end = html + (size > NAME + 1 ? size - NAME - 1 : 0);
    for (const char *at = html; table && (at = memchr(at, '<', (size_t)(end - at))); at++) {
        const int closing = at[1] == '/';
        const char *from = at + 1 + closing;
        char letters[NAME] = {0};
        int length = 0;
        opening += !closing;
        if (!is_letter(*from))
            continue;
        for (; length < NAME; length++) {
            const unsigned char c = (unsigned char)from[length] | 32;
            if (c <= ' ' || c == '/' || c == '>')
                break;
            letters[length] = (char)c;
        }
        tags++;
        longest += length == NAME;
        uint64_t key[NAME / 8];
        memcpy(key, letters, NAME);
        size_t place = place_of(table, room, key);
        Name *name = table + place;
        if (!name->letters[0]) {
            if (2 * ++names > room) {
                Name *wider = widened(table, room);
                PyMem_RawFree(table);
                table = wider;
                room *= 2;
                if (!table)
                    break;
                name = table + place_of(table, room, key);
            }
            memcpy(name->letters, key, NAME);
        }
        name->opened += !closing;
        name->open += closing ? -1 : 1;
        name->least = name->open < name->least ? name->open : name->least;
    }
    if (!table)
        return PyErr_NoMemory();
    for (size_t i = 0; i < room; i++)
        if (table[i].letters[0]) {
            char spaced[NAME + 3] = " ";
            memcpy(spaced + 1, table[i].letters, NAME);
            strcat(spaced, " ");
            strays -= table[i].least;
            loose += strstr(loose_names, spaced) ? table[i].opened : 0;
        }
    PyMem_RawFree(table);
    return PyBool_FromLong(opening >= few && tags && (longest > few / 4 || strays > few / 4 || loose > most_loose));
}

/* Whether a word stands at a place and ends there: what \b asks in a pattern of bytes. */
static int is_word(const char *at, const char *end, const char *word)
{
    const size_t size = strlen(word);
    if ((size_t)(end - at) < size || memcmp(at, word, size))
        return 0;
    const char next = (size_t)(end - at) > size ? at[size] : ' ';
    return !(((next | 32) >= 'a' && (next | 32) <= 'z') || (next >= '0' && next <= '9') || next == '_');
}

/* div_end(html, at) -> where the end tag of a <div> stands whose content begins at `at`; -1 if there is none:
 * cleaner.read.streamed._div_end. */
PyObject *native_div_end(PyObject *module, PyObject *args)
{
    const char *html;
    Py_ssize_t size, from, depth = 1;
    int in_script = 0;
    if (!PyArg_ParseTuple(args, "y#n", &html, &size, &from))
        return NULL;
    const char *end = html + size, *at = html + (from < 0 ? 0 : from < size ? from : size);
    for (; at < end && (at = memchr(at, '<', (size_t)(end - at))); at++) {
        const int closing = at + 1 < end && at[1] == '/';
        const char *name = at + 1 + closing;
        if (is_word(name, end, "div")) {
            if (!in_script && !(depth += closing ? -1 : 1))
                return PyLong_FromSsize_t(at - html);
        } else if (is_word(name, end, "script")) {
            in_script = !closing;
        }
    }
    return PyLong_FromLong(-1);
}
