/* What the language of a text is told by: cleaner.language.detect. */
#include "native.h"

/* detect._WORD: letters, and numbers that are no digits. */
ALWAYS_INLINE int is_letter(Py_UCS4 c)
{
    if (c < 128)
        return (c | 32) >= 'a' && (c | 32) <= 'z';
    return Py_UNICODE_ISALNUM(c) && !Py_UNICODE_ISDECIMAL(c);
}

/* Count one more of a word if the table has it; -1 with an exception set if that fails. */
static int count_word(PyObject *table, PyObject *word, PyObject *counts)
{
    const int known = PyDict_Contains(table, word);
    if (known <= 0)
        return known;
    PyObject *before = PyDict_GetItemWithError(counts, word);
    if (!before && PyErr_Occurred())
        return -1;
    PyObject *count = PyLong_FromSsize_t(before ? PyLong_AsSsize_t(before) + 1 : 1);
    const int failed = !count || PyDict_SetItem(counts, word, count) < 0;
    Py_XDECREF(count);
    return failed ? -1 : 0;
}

/* known_words(table, longest, text) -> {word: how often it stands in a text}, of those in the table, none of which is longer:
 * detect.known_words_in_python. */
PyObject *native_known_words(PyObject *module, PyObject *args)
{
    PyObject *table, *text, *counts;
    Py_ssize_t longest;
    if (!PyArg_ParseTuple(args, "O!nU", &PyDict_Type, &table, &longest, &text) || !(counts = PyDict_New()))
        return NULL;
    const int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t i = 0; i < length; i++) { /* what ends a word begins none */
        const Py_ssize_t start = i;
        for (int parts = 0; i < length; i++) { /* of which an apostrophe joins two */
            const Py_UCS4 c = PyUnicode_READ(kind, data, i);
            if (is_letter(c))
                continue;
            if ((c != '\'' && c != 0x2019) || i == start || parts++ || i + 1 == length || !is_letter(PyUnicode_READ(kind, data, i + 1)))
                break;
        }
        if (i == start || i - start > longest)
            continue;
        PyObject *word = PyUnicode_Substring(text, start, i);
        const int failed = !word || count_word(table, word, counts) < 0;
        Py_XDECREF(word);
        if (failed) {
            Py_DECREF(counts);
            return NULL;
        }
    }
    return counts;
}
