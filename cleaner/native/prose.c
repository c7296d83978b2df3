/* What a line looks like from outside: cleaner.stages.prose, and what cleaner.stages.repeats asks of many lines. */
#include "native.h"

enum { SHORTEST_PROSE = 13, LONG = 220, FEWEST = 7, SOME = 16, MANY = 25 };

/* Of every character below 0x10000 in three tables of Python's making: what it is. */
enum { END = 1, CLOSER = 2, CALL = 4, UNSPACED = 8, WIDE_END = 16, WHITE = 32, MARK = 64 };
enum { KNOWN = 0x10000 };

typedef struct {
    const uint8_t *kinds;
    int kind;
    const void *data;
} Seen;

ALWAYS_INLINE int is(const Seen *line, Py_ssize_t i, int what)
{
    const Py_UCS4 c = PyUnicode_READ(line->kind, line->data, i);
    return c < KNOWN ? line->kinds[c] & what : 0;
}

/* prose.word_count */
static Py_ssize_t count_words(const Seen *line, PyObject *text)
{
    Py_ssize_t spaces = 0, unspaced = 0;
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (line->kind == PyUnicode_1BYTE_KIND) {
        const uint8_t *data = line->data;
        for (Py_ssize_t i = 0; i < length; i++)
            spaces += data[i] == ' ';
        return spaces + 1;
    }
    if (line->kind == PyUnicode_2BYTE_KIND) {
        const uint16_t *data = line->data;
        for (Py_ssize_t i = 0; i < length; i++) {
            spaces += data[i] == ' ';
            unspaced += (line->kinds[data[i]] & UNSPACED) != 0;
        }
        return spaces + 1 + unspaced / 2;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        spaces += PyUnicode_READ(line->kind, line->data, i) == ' ';
        unspaced += is(line, i, UNSPACED) != 0;
    }
    return spaces + 1 + unspaced / 2;
}

/* prose._INNER_END */
static int ends_inside(const Seen *line, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i + 1 < length; i++) {
        if (!is(line, i, END))
            continue;
        if (is(line, i, WIDE_END) && !is(line, i + 1, WHITE))
            return 1;
        Py_ssize_t j = i + 1;
        while (j < length && is(line, j, CLOSER) && !is(line, j, WHITE))
            j++;
        if (j == length || !is(line, j, WHITE))
            continue;
        while (j < length && is(line, j, WHITE))
            j++;
        if (j < length)
            return 1;
    }
    return 0;
}

/* prose.is_prose */
static int reads_as_prose(const uint8_t *kinds, PyObject *text)
{
    const Seen line = {kinds, PyUnicode_KIND(text), PyUnicode_DATA(text)};
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length > LONG || length < SHORTEST_PROSE)
        return length > LONG;
    const Py_ssize_t words = count_words(&line, text);
    if (words < FEWEST)
        return 0;
    Py_ssize_t bare = length;
    while (bare && is(&line, bare - 1, CLOSER))
        bare--;
    if (!bare || !is(&line, bare - 1, END))
        return words > MANY && ends_inside(&line, length);
    int dots = bare >= 3;
    for (int i = 1; dots && i <= 3; i++)
        dots = PyUnicode_READ(line.kind, line.data, bare - i) == '.';
    if (is(&line, bare - 1, CALL) || dots)
        return words > SOME || ends_inside(&line, length);
    return 1;
}

static const uint8_t *take_kinds(Buffers *held, PyObject *kinds)
{
    return take_buffer(held, kinds, KNOWN, 1, 0);
}

/* is_prose(kinds, line) -> bool */
PyObject *native_is_prose(PyObject *module, PyObject *args)
{
    PyObject *kinds, *line;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OU", &kinds, &line))
        return NULL;
    const uint8_t *known = take_kinds(&held, kinds);
    PyObject *result = known ? PyBool_FromLong(reads_as_prose(known, line)) : NULL;
    let_go(&held);
    return result;
}

/* prose(kinds, lines) -> bytearray of 0 and 1 */
PyObject *native_prose(PyObject *module, PyObject *args)
{
    PyObject *kinds, *lines, *out = NULL;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OO!", &kinds, &PyList_Type, &lines))
        return NULL;
    const uint8_t *known = take_kinds(&held, kinds);
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    if (!known || !(out = PyByteArray_FromStringAndSize(NULL, n)))
        goto done;
    char *to = PyByteArray_AS_STRING(out);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *line = PyList_GET_ITEM(lines, i);
        if (!is_text(line)) {
            PyErr_SetString(PyExc_TypeError, "a line that is no text");
            Py_CLEAR(out);
            break;
        }
        to[i] = (char)reads_as_prose(known, line);
    }
done:
    let_go(&held);
    return out;
}

/* Where the mark stands behind which the name of a site ends a line, -1 if there is none: repeats._SITE in its last characters. */
ALWAYS_INLINE Py_ssize_t find_site_in(const Seen *line, Py_ssize_t length, Py_ssize_t last, Py_ssize_t shortest, Py_ssize_t longest)
{
    const Py_ssize_t first = length > last ? length - last : 0;
    Py_ssize_t found = -1;
    for (Py_ssize_t i = length - 1; i >= first && i > 0; i--) {
        if (!is(line, i, MARK))
            continue;
        const Py_UCS4 c = PyUnicode_READ(line->kind, line->data, i);
        const int colon = c == ':';
        const Py_ssize_t before = i - 1 - colon;
        if (i + 1 < length && before >= 0 && i - colon >= first && is(line, i + 1, WHITE) && is(line, before, WHITE) &&
            (!colon || PyUnicode_READ(line->kind, line->data, i - 1) == ':')) {
            Py_ssize_t name = i + 1;
            while (name < length && is(line, name, WHITE))
                name++;
            if (length - i - 2 >= shortest && length - name <= longest)
                found = i - colon;
        }
        if (c != '-' && !colon)
            break;
    }
    return found;
}

static Py_ssize_t find_site(const uint8_t *kinds, PyObject *text, Py_ssize_t last, Py_ssize_t shortest, Py_ssize_t longest)
{
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    void *data = PyUnicode_DATA(text);
    switch (PyUnicode_KIND(text)) { /* each with a loop of its own */
    case PyUnicode_1BYTE_KIND:
        return find_site_in(&(Seen){kinds, PyUnicode_1BYTE_KIND, data}, length, last, shortest, longest);
    case PyUnicode_2BYTE_KIND:
        return find_site_in(&(Seen){kinds, PyUnicode_2BYTE_KIND, data}, length, last, shortest, longest);
    default:
        return find_site_in(&(Seen){kinds, PyUnicode_4BYTE_KIND, data}, length, last, shortest, longest);
    }
}

/* signed(kinds, lines, most, (last, shortest, longest)) -> [(number, place)] of the lines of at most `most` characters in whose
 * `last` ones repeats._SITE is found, with a name of so many characters. */
PyObject *native_signed(PyObject *module, PyObject *args)
{
    PyObject *kinds, *lines, *out = NULL;
    Py_ssize_t most, last, shortest, longest;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OO!n(nnn)", &kinds, &PyList_Type, &lines, &most, &last, &shortest, &longest))
        return NULL;
    const uint8_t *known = take_kinds(&held, kinds);
    if (!known || !(out = PyList_New(0)))
        goto done;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++) {
        PyObject *text = PyList_GET_ITEM(lines, i);
        if (!is_text(text)) {
            PyErr_SetString(PyExc_TypeError, "a line that is no text");
            break;
        }
        if (PyUnicode_GET_LENGTH(text) > most)
            continue;
        const Py_ssize_t place = find_site(known, text, last, shortest, longest);
        if (place >= 0) {
            PyObject *pair = Py_BuildValue("nn", i, place);
            if (pair)
                PyList_Append(out, pair);
            Py_XDECREF(pair);
        }
        if (PyErr_Occurred())
            break;
    }
    if (PyErr_Occurred())
        Py_CLEAR(out);
done:
    let_go(&held);
    return out;
}

/* Whether a line may have so many words: those of ASCII are told apart by their spaces. */
static int has_words(PyObject *line, Py_ssize_t words)
{
    if (!PyUnicode_IS_ASCII(line))
        return 1;
    const char *at = PyUnicode_DATA(line), *end = at + PyUnicode_GET_LENGTH(line);
    while (--words > 0) {
        if (!(at = memchr(at, ' ', (size_t)(end - at))))
            return 0;
        at++;
    }
    return 1;
}

/* -1 with an exception set unless there is as much of both. */
static int check_sizes(PyObject *keys, PyObject *lines)
{
    if (PyList_GET_SIZE(lines) == PyList_GET_SIZE(keys))
        return 0;
    PyErr_SetString(PyExc_ValueError, "as many keys as lines are expected");
    return -1;
}

/* -1 with an exception set unless a line has a key that is bytes, and is a text (if `lines` is not NULL). */
ALWAYS_INLINE int check_line(PyObject *keys, PyObject *lines, Py_ssize_t i)
{
    if (LIKELY(PyBytes_Check(PyList_GET_ITEM(keys, i)) && (!lines || is_text(PyList_GET_ITEM(lines, i)))))
        return 0;
    PyErr_SetString(PyExc_TypeError, "a key that is no bytes, or a line that is no text");
    return -1;
}

/* The same of all lines. */
static int check_keys(PyObject *keys, PyObject *lines)
{
    if (lines && check_sizes(keys, lines) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(keys); i++)
        if (check_line(keys, lines, i) < 0)
            return -1;
    return 0;
}

ALWAYS_INLINE int same_key(PyObject *one, PyObject *other)
{
    const Py_ssize_t size = PyBytes_GET_SIZE(one);
    return PyBytes_GET_SIZE(other) == size && !memcmp(PyBytes_AS_STRING(one), PyBytes_AS_STRING(other), (size_t)size);
}

/* Where a key stands in a table of 1 + the numbers of keys, or would stand. */
static size_t slot_of_key(PyObject *keys, PyObject *key, const uint32_t *slots, size_t room)
{
    const char *text = PyBytes_AS_STRING(key);
    const Py_ssize_t size = PyBytes_GET_SIZE(key);
    uint64_t hash = hash_seed ^ (uint64_t)size, value;
    for (Py_ssize_t at = 0; at < size; at += 8) {
        if (size - at >= 8)
            memcpy(&value, text + at, 8);
        else if (size >= 8) /* the rest, and some once more */
            memcpy(&value, text + size - 8, 8);
        else
            memcpy(memset(&value, 0, 8), text, (size_t)size);
        hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    hash *= UINT64_C(0x9E3779B97F4A7C15); /* so that the last characters of a key count in all of it */
    size_t slot = (hash ^ hash >> 32) & (room - 1);
    while (slots[slot] && !same_key(PyList_GET_ITEM(keys, slots[slot] - 1), key))
        slot = (slot + 1) & (room - 1);
    return slot;
}

/* What is known of keys that stand: `first` is 1 + the number of the first like it for one that has copies, otherwise 0; at
 * the first, `many` says how many they are, and `wordy` whether one of their lines may have enough words. */
typedef struct {
    uint32_t *first, *many;
    uint8_t *wordy;
} Copies;

/* repeats.copies_in_python: 1 if there are some, 0 if not, -1 with an exception set. */
static int find_copies(PyObject *keys, PyObject *lines, const uint8_t *kept, Py_ssize_t shortest, Py_ssize_t words, Copies *out)
{
    const Py_ssize_t n = PyList_GET_SIZE(keys);
    size_t room = 64;
    while (room < 2 * (size_t)n)
        room *= 2;
    uint32_t *slots = NULL;
    if (n >= UINT32_MAX / 4 || !(slots = PyMem_Calloc(room, sizeof *slots)) || !(out->first = PyMem_Calloc((size_t)n + 1, sizeof *out->first)) ||
        !(out->many = PyMem_Calloc((size_t)n + 1, sizeof *out->many)) || !(out->wordy = PyMem_Calloc((size_t)n + 1, 1))) {
        PyMem_Free(slots);
        PyErr_NoMemory();
        return -1;
    }
    int some = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *key = PyList_GET_ITEM(keys, i);
        const Py_ssize_t size = PyBytes_GET_SIZE(key);
        if (!kept[i] || size < shortest)
            continue;
        const size_t slot = slot_of_key(keys, key, slots, room);
        if (slots[slot]) {
            out->first[i] = out->first[slots[slot] - 1] = slots[slot];
            some = 1;
        } else
            slots[slot] = (uint32_t)i + 1;
        out->many[slots[slot] - 1]++;
    }
    PyMem_Free(slots);
    for (Py_ssize_t i = 0; some && i < n; i++)
        if (out->first[i] && !out->wordy[out->first[i] - 1])
            out->wordy[out->first[i] - 1] = (uint8_t)has_words(PyList_GET_ITEM(lines, i), words);
    return some;
}

static int ask(PyObject *judge, Py_ssize_t line, Py_ssize_t first, Py_ssize_t distance, Py_ssize_t words, uint32_t many, Py_ssize_t *head)
{
    PyObject *said = PyObject_CallFunction(judge, "nnnnIn", line, first, distance, words, (unsigned)many, *head);
    if (!said)
        return -1;
    const int gone = said != Py_None;
    if (gone)
        *head = PyLong_AsSsize_t(said);
    Py_DECREF(said);
    return PyErr_Occurred() ? -1 : gone;
}

/* repeats(kinds, keys, lines, kept, standing, (shortest key, fewest words, how far off is near), begin, judge):
 * repeats.repeats_in_python. */
PyObject *native_repeats(PyObject *module, PyObject *args)
{
    PyObject *kinds, *keys, *lines, *kept, *standing, *begin, *judge, *result = NULL;
    PyObject *own_keys = NULL, *own_lines = NULL; /* as asking may run any code */
    Py_ssize_t shortest, words, near;
    Buffers held = {.count = 0};
    Copies copies = {NULL, NULL, NULL};
    Py_ssize_t *latest = NULL;
    if (!PyArg_ParseTuple(args, "OO!O!OO(nnn)OO", &kinds, &PyList_Type, &keys, &PyList_Type, &lines, &kept, &standing, &shortest,
                          &words, &near, &begin, &judge))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(keys);
    const uint8_t *there, *stands, *known = take_kinds(&held, kinds);
    if (!known || !(keys = own_keys = PyList_GetSlice(keys, 0, n)) ||
        !(lines = own_lines = PyList_GetSlice(lines, 0, PyList_GET_SIZE(lines))) || check_keys(keys, lines) < 0 ||
        !(there = take_buffer(&held, kept, n, 1, 0)) || !(stands = take_buffer(&held, standing, n, 1, 0)))
        goto done;
    const int some = find_copies(keys, lines, there, shortest, words, &copies);
    if (some <= 0) {
        if (!some)
            result = Py_NewRef(Py_None);
        goto done;
    }
    if (!(latest = PyMem_Calloc((size_t)n + 1, sizeof *latest))) {
        PyErr_NoMemory();
        goto done;
    }
    Py_ssize_t head = 0, place = 0;
    int asked = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *key = PyList_GET_ITEM(keys, i), *line = PyList_GET_ITEM(lines, i);
        const int counts = stands[i] && PyBytes_GET_SIZE(key);
        int gone = 0;
        if (copies.first[i] && copies.wordy[copies.first[i] - 1]) {
            const Py_ssize_t first = copies.first[i] - 1;
            if (!asked) {
                PyObject *said = PyObject_CallNoArgs(begin);
                head = said ? PyLong_AsSsize_t(said) : -1;
                Py_XDECREF(said);
                if (PyErr_Occurred())
                    goto done;
                asked = 1;
            }
            if (first != i && (place - latest[first] <= near || first < head)) {
                const Seen seen = {known, PyUnicode_KIND(line), PyUnicode_DATA(line)};
                const Py_ssize_t count = count_words(&seen, line);
                if (count >= words)
                    gone = ask(judge, i, first, place - latest[first], count, copies.many[first], &head);
                if (gone < 0)
                    goto done;
            }
            if (!gone)
                latest[first] = place;
        }
        place += counts && !gone;
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(copies.first);
    PyMem_Free(copies.many);
    PyMem_Free(copies.wordy);
    PyMem_Free(latest);
    Py_XDECREF(own_keys);
    Py_XDECREF(own_lines);
    let_go(&held);
    return result;
}

/* At most so many words: those of ASCII are told apart by their spaces, others are no more than the characters. */
static Py_ssize_t most_words(PyObject *line)
{
    const Py_ssize_t length = PyUnicode_GET_LENGTH(line);
    if (!PyUnicode_IS_ASCII(line))
        return length + 1;
    const char *text = PyUnicode_DATA(line);
    Py_ssize_t spaces = 0;
    for (Py_ssize_t i = 0; i < length; i++)
        spaces += text[i] == ' ';
    return spaces + 1;
}

/* earlier(keys, kept, lines, words) -> [(place, how far back, number, number of the earlier one)]: passages.earlier_in_python. */
PyObject *native_earlier(PyObject *module, PyObject *args)
{
    PyObject *keys, *kept, *lines, *out = NULL;
    Py_ssize_t words;
    Buffers held = {.count = 0};
    uint32_t *slots = NULL, *places = NULL, *before = NULL;
    if (!PyArg_ParseTuple(args, "O!OO!n", &PyList_Type, &keys, &kept, &PyList_Type, &lines, &words))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(keys);
    const uint8_t *there = take_buffer(&held, kept, n, 1, 0);
    if (!there || check_sizes(keys, lines) < 0)
        goto done;
    size_t room = 64;
    while (room < 2 * (size_t)n)
        room *= 2;
    if (n >= UINT32_MAX / 4 || !(slots = PyMem_Calloc(room, sizeof *slots)) || !(places = PyMem_Malloc((size_t)(n + 1) * sizeof *places)) ||
        !(before = PyMem_Calloc((size_t)n + 1, sizeof *before))) {
        PyErr_NoMemory();
        goto done;
    }
    /* places: of lines that count, their places; before: 1 + the number of the earlier one */
    uint32_t place = 0;
    int some = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!there[i])
            continue;
        if (check_line(keys, lines, i) < 0)
            goto done;
        PyObject *key = PyList_GET_ITEM(keys, i);
        if (!PyBytes_GET_SIZE(key))
            continue;
        const size_t slot = slot_of_key(keys, key, slots, room);
        before[i] = slots[slot];
        some |= before[i] > 0;
        slots[slot] = (uint32_t)i + 1;
        places[i] = place++;
    }
    if (!(out = PyList_New(0)))
        goto done;
    for (Py_ssize_t i = 0, next; some && i < n; i = next) {
        next = i + 1;
        if (!before[i])
            continue;
        const uint32_t far = places[i] - places[before[i] - 1];
        Py_ssize_t most = most_words(PyList_GET_ITEM(lines, i));
        for (; next < n; next++) { /* as far as lines follow one another at the same distance */
            if (!there[next] || !PyBytes_GET_SIZE(PyList_GET_ITEM(keys, next)))
                continue;
            if (!before[next] || places[next] - places[before[next] - 1] != far)
                break;
            most += most_words(PyList_GET_ITEM(lines, next));
        }
        for (Py_ssize_t k = i; most >= words && k < next; k++)
            if (before[k]) {
                PyObject *found = Py_BuildValue("IInn", (unsigned)places[k], (unsigned)far, k, (Py_ssize_t)before[k] - 1);
                const int failed = !found || PyList_Append(out, found) < 0;
                Py_XDECREF(found);
                if (failed) {
                    Py_CLEAR(out);
                    goto done;
                }
            }
    }
done:
    PyMem_Free(slots);
    PyMem_Free(places);
    PyMem_Free(before);
    let_go(&held);
    return out;
}

/* Keys met so far, up to a number of different ones that is small; the empty one does not count. */
enum { MOST_DIFFERENT = 64 };
typedef struct {
    PyObject *keys[MOST_DIFFERENT];
    int count;
} Different;

static int count_different(Different *seen, PyObject *key)
{
    for (int i = 0; i < seen->count; i++)
        if (same_key(seen->keys[i], key))
            return seen->count;
    if (PyBytes_GET_SIZE(key) && seen->count < MOST_DIFFERENT)
        seen->keys[seen->count++] = key;
    return seen->count;
}

/* head_end(kinds, lines, keys, standing, most) -> the first line that stands and is prose, or -1 if more than so many different
 * ones stand before it: repeats.head_end_in_python. */
PyObject *native_head_end(PyObject *module, PyObject *args)
{
    PyObject *kinds, *lines, *keys, *standing, *result = NULL;
    int most;
    Buffers held = {.count = 0};
    Different seen = {.count = 0};
    if (!PyArg_ParseTuple(args, "OO!O!Oi", &kinds, &PyList_Type, &lines, &PyList_Type, &keys, &standing, &most))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    const uint8_t *there, *known = take_kinds(&held, kinds);
    if (!known || check_sizes(keys, lines) < 0 || !(there = take_buffer(&held, standing, n, 1, 0)))
        goto done;
    if (most >= MOST_DIFFERENT) {
        PyErr_SetString(PyExc_ValueError, "too many lines of a head");
        goto done;
    }
    Py_ssize_t found = -1;
    for (Py_ssize_t i = 0; i < n && found < 0; i++) {
        if (!there[i])
            continue;
        if (check_line(keys, lines, i) < 0)
            goto done;
        if (reads_as_prose(known, PyList_GET_ITEM(lines, i)))
            found = i;
        else if (count_different(&seen, PyList_GET_ITEM(keys, i)) > most)
            break;
    }
    result = PyLong_FromSsize_t(found);
done:
    let_go(&held);
    return result;
}

/* edges(keys, standing, most) -> set of the first lines that stand, until more than so many were different, and of the last:
 * repeats.edges_in_python. */
PyObject *native_edges(PyObject *module, PyObject *args)
{
    PyObject *keys, *standing, *out = NULL;
    int most;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!Oi", &PyList_Type, &keys, &standing, &most))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(keys);
    const uint8_t *there;
    if (!(there = take_buffer(&held, standing, n, 1, 0)) || !(out = PySet_New(NULL)))
        goto done;
    if (most >= MOST_DIFFERENT)
        PyErr_SetString(PyExc_ValueError, "too many lines of an edge");
    for (int back = 0; back < 2 && !PyErr_Occurred(); back++) {
        Different seen = {.count = 0};
        for (Py_ssize_t k = 0; k < n; k++) {
            const Py_ssize_t i = back ? n - 1 - k : k;
            if (!there[i])
                continue;
            if (check_line(keys, NULL, i) < 0)
                break;
            PyObject *number = PyLong_FromSsize_t(i);
            const int failed = !number || PySet_Add(out, number) < 0;
            Py_XDECREF(number);
            if (failed || count_different(&seen, PyList_GET_ITEM(keys, i)) > most)
                break;
        }
    }
    if (PyErr_Occurred())
        Py_CLEAR(out);
done:
    let_go(&held);
    return out;
}
