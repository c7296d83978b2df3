/* Lines that go on with a sentence broken off right above, and those that may be of a table: cleaner.stages.prose, tables. */
#include "prose.h"

enum { HEBREW = 0x590, HANGUL = 0xAC00, HANGUL_END = 0xD7B0 };

/* prose._is_small */
static int is_small(const uint8_t *kinds, Py_UCS4 c)
{
    if (Py_UNICODE_ISLOWER(c) || c < HEBREW)
        return Py_UNICODE_ISLOWER(c);
    return Py_UNICODE_ISALPHA(c) && !Py_UNICODE_ISUPPER(c) && !Py_UNICODE_ISTITLE(c) &&
           ((c >= HANGUL && c < HANGUL_END) || !is_unspaced(kinds, c));
}

/* going_on(kinds, lines, blanks, standing, narrow) -> numbers of the lines that prose.going_on_in_python finds. `blanks` may be
 * None for none above any line, `standing` for all of them. */
PyObject *native_going_on(PyObject *module, PyObject *args)
{
    PyObject *kinds, *lines, *blanks, *standing, *out = NULL;
    Py_ssize_t narrow, before = -1;
    Buffers held = {.count = 0};
    const int64_t *above = NULL;
    const uint8_t *there = NULL;
    if (!PyArg_ParseTuple(args, "OO!OOn", &kinds, &PyList_Type, &lines, &blanks, &standing, &narrow))
        return NULL;
    const uint8_t *known = take_kinds(&held, kinds);
    const Py_ssize_t count = PyList_GET_SIZE(lines);
    if (!known || (blanks != Py_None && !(above = take_buffer(&held, blanks, count, sizeof *above, 0))) ||
        (standing != Py_None && !(there = take_buffer(&held, standing, count, 1, 0))) || !(out = PyList_New(0)))
        goto done;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (there && !there[i])
            continue;
        PyObject *text = item_of(lines, i);
        if (!is_text(text) || !PyUnicode_GET_LENGTH(text)) {
            PyErr_SetString(PyExc_TypeError, "a line that is no text, or blank");
            break;
        }
        if (before >= 0 && (!above || above[i] == above[before]) && is_small(known, PyUnicode_READ_CHAR(text, 0)) &&
            breaks_off(known, item_of(lines, before), narrow)) {
            PyObject *number = PyLong_FromSsize_t(i);
            if (number)
                PyList_Append(out, number);
            Py_XDECREF(number);
        }
        if (PyErr_Occurred())
            break;
        before = i;
    }
    if (PyErr_Occurred())
        Py_CLEAR(out);
done:
    let_go(&held);
    return out;
}

/* any_opens(lines, those, first, stop, marks) -> whether one of those lines begins with a character from `first` up to before `stop`, or
 * with one of `marks`: tables.is_drawn. */
PyObject *native_any_opens(PyObject *module, PyObject *args)
{
    PyObject *lines, *those, *marks;
    unsigned int first, stop;
    if (!PyArg_ParseTuple(args, "O!O!IIU", &PyList_Type, &lines, &PyList_Type, &those, &first, &stop, &marks) || !is_text(marks))
        return NULL;
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(those); k++) {
        const Py_ssize_t i = PyLong_AsSsize_t(PyList_GET_ITEM(those, k));
        if (i == -1 && PyErr_Occurred())
            return NULL;
        PyObject *line = i < 0 || i >= PyList_GET_SIZE(lines) ? NULL : PyList_GET_ITEM(lines, i);
        if (!line || !is_text(line) || !PyUnicode_GET_LENGTH(line)) {
            PyErr_SetString(PyExc_ValueError, "a line that is not there, is blank, or no text");
            return NULL;
        }
        const Py_UCS4 c = PyUnicode_READ_CHAR(line, 0);
        if (c >= first && c < stop)
            Py_RETURN_TRUE;
        for (Py_ssize_t m = 0; m < PyUnicode_GET_LENGTH(marks); m++)
            if (c == PyUnicode_READ_CHAR(marks, m))
                Py_RETURN_TRUE;
    }
    Py_RETURN_FALSE;
}
