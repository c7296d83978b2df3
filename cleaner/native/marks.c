/* Lines that may have marks of Markdown: cleaner.shown.marks. */
#include "native.h"

/* Whether there is a ] or * in a line: of so many characters at once where the compiler can. */
#define IS_MARK(c) (((c) == ']') | ((c) == '*'))
#if defined(__GNUC__)
#define HAS(TYPE)                                                                                                      \
    ALWAYS_INLINE int has_##TYPE(const TYPE *line, Py_ssize_t size)                                                    \
    {                                                                                                                  \
        typedef TYPE Some __attribute__((vector_size(16), aligned(1), may_alias));                                     \
        enum { COUNT = 16 / sizeof(TYPE) };                                                                            \
        Some found = {0};                                                                                              \
        Py_ssize_t i = 0;                                                                                              \
        for (; i + COUNT <= size; i += COUNT)                                                                          \
            found |= (Some)IS_MARK(*(const Some *)(line + i));                                                         \
        if (size < COUNT) {                                                                                            \
            int any = 0;                                                                                               \
            for (; i < size; i++)                                                                                      \
                any |= IS_MARK(line[i]);                                                                               \
            return any;                                                                                                \
        }                                                                                                              \
        found |= (Some)IS_MARK(*(const Some *)(line + size - COUNT)); /* the rest, and some once more */               \
        uint64_t halves[2];                                                                                            \
        memcpy(halves, &found, sizeof halves);                                                                         \
        return (halves[0] | halves[1]) != 0;                                                                           \
    }
#else
#define HAS(TYPE)                                                                                                      \
    ALWAYS_INLINE int has_##TYPE(const TYPE *line, Py_ssize_t size)                                                    \
    {                                                                                                                  \
        int found = 0;                                                                                                 \
        for (Py_ssize_t i = 0; i < size; i++)                                                                          \
            found |= IS_MARK(line[i]);                                                                                 \
        return found;                                                                                                  \
    }
#endif
HAS(uint8_t)
HAS(uint16_t)
HAS(uint32_t)

/* The character at a place of a text; 0 if there is none. */
static Py_UCS4 character_at(PyObject *text, Py_ssize_t i)
{
    return i >= 0 && i < PyUnicode_GET_LENGTH(text) ? PyUnicode_READ_CHAR(text, i) : 0;
}

/* Whether the ] or * at a place is part of a mark beyond doubt: shown._ANYWHERE. */
static int is_mark(PyObject *line, Py_ssize_t i)
{
    const Py_UCS4 next = character_at(line, i + 1);
    if (PyUnicode_READ_CHAR(line, i) == '*')
        return next == '*';
    return next == '(' || (next == '[' && Py_UNICODE_ISDECIMAL(character_at(line, i + 2))) ||
           (Py_UNICODE_ISDECIMAL(character_at(line, i - 1)) && Py_UNICODE_ISALNUM(next) && !Py_UNICODE_ISDECIMAL(next));
}

/* marks(lines) -> (numbers of the lines that may have marks, whether one has beyond doubt): shown.marks_in_python. */
PyObject *native_marks(PyObject *module, PyObject *lines)
{
    if (!PyList_Check(lines)) {
        PyErr_SetString(PyExc_TypeError, "a list is expected");
        return NULL;
    }
    PyObject *found = PyList_New(0), *result = NULL;
    int sure = 0;
    if (!found)
        return NULL;
    for (Py_ssize_t n = 0; n < PyList_GET_SIZE(lines); n++) {
        PyObject *line = text_of(lines, n);
        if (!line)
            goto done;
        const int kind = PyUnicode_KIND(line);
        const void *data = PyUnicode_DATA(line);
        const Py_ssize_t size = PyUnicode_GET_LENGTH(line);
        const Py_UCS4 first = character_at(line, 0);
        int may = first == '[' || first == '#';
        sure |= first == '#';
        const int has = kind == PyUnicode_1BYTE_KIND   ? has_uint8_t(data, size)
                        : kind == PyUnicode_2BYTE_KIND ? has_uint16_t(data, size)
                                                       : has_uint32_t(data, size);
        for (Py_ssize_t i = 0; has && i < size && !(may && sure); i++) {
            const Py_UCS4 c = PyUnicode_READ(kind, data, i);
            if (c == ']' || c == '*') {
                const int is_sure = is_mark(line, i);
                sure |= is_sure;
                may |= is_sure || c == ']';
            }
        }
        if (may && append_number(found, n) < 0)
            goto done;
    }
    result = PyTuple_Pack(2, found, sure ? Py_True : Py_False);
done:
    Py_DECREF(found);
    return result;
}
