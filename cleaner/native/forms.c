/* Lines in the forms they are looked up in: cleaner.fold.forms. */
#include "native.h"

enum { FORMS = 3, FOLDED = 0, SQUASHED, WORDY, LARGEST = 12, CHUNK = 256 };

/* A character beyond ASCII: its folded form in UTF-8, and which bytes of it are there in the two others. */
typedef struct {
    char text[LARGEST];
    uint8_t size, known;
    uint16_t stays[FORMS];
} Character;

/* Characters met so far. What stands here depends on nothing but the version of Unicode. */
static Character *known[0x110000 / CHUNK];

/* Bytes that grow. */
typedef struct {
    PyObject *bytes;
    char *data;
    Py_ssize_t size, room;
} Text;

static int make_room(Text *text, Py_ssize_t more)
{
    if (text->room - text->size >= more)
        return 0;
    if (more > PY_SSIZE_T_MAX / 2 - text->room) {
        PyErr_NoMemory();
        return -1;
    }
    const Py_ssize_t room = 2 * text->room + more;
    if (!text->bytes)
        text->bytes = PyBytes_FromStringAndSize(NULL, room);
    else
        _PyBytes_Resize(&text->bytes, room);
    if (!text->bytes)
        return -1;
    text->data = PyBytes_AS_STRING(text->bytes);
    text->room = room;
    return 0;
}

/* Ask Python for the forms of a character. */
static int learn(PyObject *ask, Py_UCS4 c, Character *to)
{
    PyObject *forms = PyObject_CallFunction(ask, "C", (int)c);
    const char *text[FORMS];
    Py_ssize_t size[FORMS];
    if (!forms)
        return -1;
    int fine = PyTuple_Check(forms) && PyArg_ParseTuple(forms, "y#y#y#", &text[0], &size[0], &text[1], &size[1], &text[2], &size[2]);
    if (fine && size[0] <= LARGEST) {
        memcpy(to->text, text[0], (size_t)size[0]);
        to->size = (uint8_t)size[0];
        for (int form = FOLDED; form < FORMS; form++) {
            Py_ssize_t at = 0;
            to->stays[form] = 0;
            for (int i = 0; i < size[0] && at < size[form]; i++)
                if (text[0][i] == text[form][at]) {
                    to->stays[form] |= (uint16_t)(1 << i);
                    at++;
                }
            fine = fine && at == size[form];
        }
    } else if (fine)
        fine = 0;
    if (fine)
        to->known = 1;
    else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "the forms of a character are none");
    Py_DECREF(forms);
    return fine ? 0 : -1;
}

static const Character *character(PyObject *ask, Py_UCS4 c)
{
    Character **block = &known[c / CHUNK];
    if (!*block && !(*block = PyMem_RawCalloc(CHUNK, sizeof(Character)))) {
        PyErr_NoMemory();
        return NULL;
    }
    Character *found = *block + c % CHUNK;
    if (!found->known && learn(ask, c, found) < 0)
        return NULL;
    return found;
}

/* Of every ASCII character its small form, and whether it is there in the three forms. */
typedef struct {
    char small[128];
    uint8_t stays[FORMS][128];
} Ascii;

static void fill_ascii(Ascii *ascii)
{
    for (int c = 0; c < 128; c++) {
        int digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        ascii->small[c] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        ascii->stays[FOLDED][c] = 1;
        ascii->stays[SQUASHED][c] = (uint8_t)(digit || letter || c == '\n');
        ascii->stays[WORDY][c] = (uint8_t)(letter || c == '\n');
    }
}

/* Make characters of ASCII small; returns whether there is a digit among them. */
ALWAYS_INLINE int make_small_body(const uint8_t *from, Py_ssize_t size, uint8_t *to)
{
    uint8_t digits = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        const uint8_t c = from[i];
        to[i] = (uint8_t)(c | (uint8_t)((uint8_t)(c - 'A') < 26) << 5);
        digits |= (uint8_t)((uint8_t)(c - '0') < 10);
    }
    return digits;
}
BY_PROCESSOR(int, make_small, (const uint8_t *from, Py_ssize_t size, uint8_t *to), (from, size, to))

static void add_ascii(const Ascii *ascii, const uint8_t *from, Py_ssize_t size, Text *out)
{
    const uint8_t *stays = ascii->stays[SQUASHED];
    char *const folded = out[FOLDED].data + out[FOLDED].size, *const first = out[SQUASHED].data + out[SQUASHED].size;
    char *squashed = first, *wordy = out[WORDY].data + out[WORDY].size;
    const int digits = make_small(from, size, (uint8_t *)folded);
    for (Py_ssize_t i = 0; i < size; i++) {
        *squashed = folded[i];
        squashed += stays[(uint8_t)folded[i]];
    }
    if (!digits) {
        memcpy(wordy, first, (size_t)(squashed - first));
        wordy += squashed - first;
    } else
        for (const char *c = first; c < squashed; c++) {
            *wordy = *c;
            wordy += *c >= 'a';
        }
    out[FOLDED].size += size;
    out[SQUASHED].size = squashed - out[SQUASHED].data;
    out[WORDY].size = wordy - out[WORDY].data;
}

/* Put a form of a character at a place, and LARGEST bytes at most; what is behind it. */
ALWAYS_INLINE char *put(const Character *found, int form, char *to)
{
    const unsigned stays = found->stays[form];
    if (stays + 1 == 1u << found->size) {
        memcpy(to, found->text, LARGEST);
        return to + found->size;
    }
    for (int b = 0; b < found->size; b++)
        if (stays >> b & 1)
            *to++ = found->text[b];
    return to;
}

ALWAYS_INLINE int add_kind(const Ascii *ascii, PyObject *ask, int kind, const void *data, Py_ssize_t start, Py_ssize_t stop, Text *out)
{
    char *folded = out[FOLDED].data + out[FOLDED].size, *squashed = out[SQUASHED].data + out[SQUASHED].size;
    char *wordy = out[WORDY].data + out[WORDY].size; /* three of their own, since what is written might be where an array stands */
    for (Py_ssize_t i = start; i < stop; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (LIKELY(c < 128)) {
            const char small = ascii->small[c];
            *folded++ = *squashed = *wordy = small;
            squashed += ascii->stays[SQUASHED][c];
            wordy += ascii->stays[WORDY][c];
            continue;
        }
        const Character *found = character(ask, c);
        if (!found)
            return -1;
        folded = put(found, FOLDED, folded);
        squashed = put(found, SQUASHED, squashed);
        wordy = put(found, WORDY, wordy);
    }
    out[FOLDED].size = folded - out[FOLDED].data;
    out[SQUASHED].size = squashed - out[SQUASHED].data;
    out[WORDY].size = wordy - out[WORDY].data;
    return 0;
}

static int add_any(const Ascii *ascii, PyObject *ask, PyObject *line, Py_ssize_t start, Py_ssize_t stop, Text *out)
{
    const void *data = PyUnicode_DATA(line);
    switch (PyUnicode_KIND(line)) {
    case PyUnicode_1BYTE_KIND:
        return add_kind(ascii, ask, PyUnicode_1BYTE_KIND, data, start, stop, out);
    case PyUnicode_2BYTE_KIND:
        return add_kind(ascii, ask, PyUnicode_2BYTE_KIND, data, start, stop, out);
    default:
        return add_kind(ascii, ask, PyUnicode_4BYTE_KIND, data, start, stop, out);
    }
}

static PyObject *as_line(const char *text, Py_ssize_t size, int is_ascii)
{
    PyObject *line;
    if (!is_ascii)
        return PyUnicode_DecodeUTF8(text, size, "surrogatepass");
    if ((line = PyUnicode_New(size, 127)))
        memcpy(PyUnicode_DATA(line), text, (size_t)size);
    return line;
}

/* forms(lines, ask) -> (folded, squashed, without digits, list of folded lines): bytes with a newline between lines, those folded
 * with one before the first too; `ask` gives three forms of a character. */
PyObject *native_forms(PyObject *module, PyObject *args)
{
    PyObject *lines, *ask, *folded = NULL, *result = NULL;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &lines, &ask))
        return NULL;
    Ascii ascii;
    fill_ascii(&ascii);
    Text out[FORMS] = {{NULL, NULL, 0, 0}, {NULL, NULL, 0, 0}, {NULL, NULL, 0, 0}};
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    if (!(folded = PyList_New(n)))
        return NULL;
    Py_ssize_t most = n + 1; /* as long as all of it is ASCII */
    for (Py_ssize_t i = 0; i < n; i++)
        most += PyUnicode_Check(PyList_GET_ITEM(lines, i)) ? PyUnicode_GET_LENGTH(PyList_GET_ITEM(lines, i)) : 0;
    for (int form = FOLDED; form < FORMS; form++)
        if (make_room(&out[form], most) < 0)
            goto done;
    out[FOLDED].data[out[FOLDED].size++] = '\n';
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *line = item_of(lines, i);
        if (!is_text(line)) {
            PyErr_SetString(PyExc_TypeError, "a line that is no text");
            goto done;
        }
        const Py_ssize_t length = PyUnicode_GET_LENGTH(line), start = out[FOLDED].size + (i > 0);
        const int is_ascii = PyUnicode_IS_ASCII(line);
        for (int form = FOLDED; form < FORMS; form++) {
            if (make_room(&out[form], (is_ascii ? length : 0) + 1) < 0)
                goto done;
            if (i)
                out[form].data[out[form].size++] = '\n';
        }
        if (is_ascii)
            add_ascii(&ascii, PyUnicode_DATA(line), length, out);
        else {
            Py_INCREF(line); /* asking may run any code */
            for (Py_ssize_t at = 0; at < length; at += CHUNK) {
                int failed = 0;
                for (int form = FOLDED; form < FORMS; form++)
                    failed |= make_room(&out[form], (CHUNK + 1) * LARGEST);
                if (failed || add_any(&ascii, ask, line, at, at + CHUNK < length ? at + CHUNK : length, out) < 0) {
                    Py_DECREF(line);
                    goto done;
                }
            }
            Py_DECREF(line);
            if (PyList_GET_SIZE(lines) != n) {
                PyErr_SetString(PyExc_RuntimeError, "the lines changed on the way");
                goto done;
            }
        }
        PyObject *text = as_line(out[FOLDED].data + start, out[FOLDED].size - start, is_ascii);
        if (!text)
            goto done;
        PyList_SET_ITEM(folded, i, text);
    }
    for (int form = FOLDED; form < FORMS; form++)
        if (_PyBytes_Resize(&out[form].bytes, out[form].size) < 0)
            goto done;
    result = PyTuple_Pack(FORMS + 1, out[FOLDED].bytes, out[SQUASHED].bytes, out[WORDY].bytes, folded);
done:
    for (int form = FOLDED; form < FORMS; form++)
        Py_XDECREF(out[form].bytes);
    Py_DECREF(folded);
    return result;
}
