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

/* Add what a word weighs to each of its languages; -1 with an exception set if that fails. */
static int add_weight(PyObject *languages, double count, PyObject *weights)
{
    if (!languages || !PyList_Check(languages)) {
        PyErr_SetString(PyExc_TypeError, "a list of languages is expected");
        return -1;
    }
    const double share = count / (double)PyList_GET_SIZE(languages);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(languages); i++) {
        PyObject *before = PyDict_GetItemWithError(weights, PyList_GET_ITEM(languages, i));
        PyObject *weight = PyErr_Occurred() ? NULL : PyFloat_FromDouble((before ? PyFloat_AsDouble(before) : 0) + share);
        const int failed = !weight || PyDict_SetItem(weights, PyList_GET_ITEM(languages, i), weight) < 0;
        Py_XDECREF(weight);
        if (failed)
            return -1;
    }
    return 0;
}

/* Count the words of a text that are in the table, none of which is longer; -1 with an exception set if that fails. */
static int count_words(PyObject *table, PyObject *text, Py_ssize_t longest, PyObject *counts)
{
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
        if (failed)
            return -1;
    }
    return 0;
}

/* weigh_words(table, text, most, longest) -> ({language: weight}, how many words were known), given that no word of the table is
 * longer: detect.weigh_words_in_python. */
PyObject *native_weigh_words(PyObject *module, PyObject *args)
{
    PyObject *table, *text, *result = NULL, *words = NULL;
    Py_ssize_t most, longest, hits = 0;
    if (!PyArg_ParseTuple(args, "O!Unn", &PyDict_Type, &table, &text, &most, &longest))
        return NULL;
    PyObject *counts = PyDict_New(), *weights = PyDict_New();
    if (!counts || !weights || count_words(table, text, longest, counts) < 0 || !(words = PyDict_Keys(counts)) || PyList_Sort(words) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(words); i++) { /* in order, since sums of floats depend on it */
        PyObject *word = PyList_GET_ITEM(words, i);
        const Py_ssize_t count = PyLong_AsSsize_t(PyDict_GetItemWithError(counts, word));
        hits += count;
        if (add_weight(PyDict_GetItemWithError(table, word), (double)(count < most ? count : most), weights) < 0)
            goto done;
    }
    result = Py_BuildValue("On", weights, hits);
done:
    Py_XDECREF(counts);
    Py_XDECREF(weights);
    Py_XDECREF(words);
    return result;
}
