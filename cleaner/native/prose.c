/* What a line looks like from outside: cleaner.stages.prose, and the names of sites at the ends of lines. */
#include "prose.h"

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

static Py_ssize_t count(const Seen *line, PyObject *text)
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

Py_ssize_t count_words(const uint8_t *kinds, PyObject *text)
{
    const Seen line = {kinds, PyUnicode_KIND(text), PyUnicode_DATA(text)};
    return count(&line, text);
}

int is_unspaced(const uint8_t *kinds, Py_UCS4 c)
{
    return c < KNOWN ? kinds[c] & UNSPACED : 0;
}

int breaks_off(const uint8_t *kinds, PyObject *text, Py_ssize_t narrow)
{
    const Seen line = {kinds, PyUnicode_KIND(text), PyUnicode_DATA(text)};
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length < narrow)
        return 0;
    while (length && is(&line, length - 1, CLOSER))
        length--;
    return length && !is(&line, length - 1, END) && PyUnicode_READ(line.kind, line.data, length - 1) != ':';
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

int reads_as_prose(const uint8_t *kinds, PyObject *text)
{
    const Seen line = {kinds, PyUnicode_KIND(text), PyUnicode_DATA(text)};
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length > LONG || length < SHORTEST_PROSE)
        return length > LONG;
    const Py_ssize_t words = count(&line, text);
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

const uint8_t *take_kinds(Buffers *held, PyObject *kinds)
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
        PyObject *line = text_of(lines, i);
        if (!line) {
            Py_CLEAR(out);
            break;
        }
        to[i] = (char)reads_as_prose(known, line);
    }
done:
    let_go(&held);
    return out;
}

/* Where the mark stands behind which the name of a site ends a line, -1 if there is none: titles._SITE in its last characters. */
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
 * `last` ones titles._SITE is found, with a name of so many characters. */
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
        PyObject *text = text_of(lines, i);
        if (!text)
            break;
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
