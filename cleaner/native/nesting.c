/* Whether a page nests too deep: cleaner.read.guard. */
#include "tags.h"

static int is_deep(const char *at, const Names *names, Py_ssize_t deepest, Py_ssize_t most, Tag *opened)
{
    const char *end = names->end;
    Py_ssize_t depth = 0, formatting = 0;
    int plain = 1; /* nothing odd yet */
    Tag tag;
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        if (!read_tag(at, end, &tag)) {
            at = past(at, end);
            continue;
        }
        at = tag.stop;
        if (plain && !tag.closing) {
            const char *next = at, *held;
            if (is_in(names->text, &tag))
                next = past_text(at, end, &tag, &held);
            else if (is_name(&tag, "svg") && !tag.closes_itself)
                next = past_drawing(at, end, names, deepest / 2, opened, &held);
            plain = next && !is_name(&tag, "math") && !is_name(&tag, "plaintext");
            if (next && next > at) {
                at = next;
                continue;
            }
        }
        if (is_in(names->light, &tag))
            continue;
        const int light = is_in(names->formatting, &tag);
        if (tag.closing) {
            depth -= depth > 0;
            formatting -= formatting > 0 && light;
        } else if (depth < deepest && (!light || formatting < most)) {
            depth++;
            formatting += light;
        } else {
            return 1;
        }
    }
    return 0;
}

/* deep(html, deepest, most, light, drawn, formatting, text) -> bool: whether guard.shallow leaves something out. The names are
 * bytes with a space before and behind each. */
PyObject *native_deep(PyObject *module, PyObject *args)
{
    const char *html;
    Py_ssize_t size, deepest, most;
    Names names;
    if (!PyArg_ParseTuple(args, "y#nnyyyy", &html, &size, &deepest, &most, &names.light, &names.drawn, &names.formatting, &names.text))
        return NULL;
    if (deepest < 4 || deepest > MOST_OPEN) {
        PyErr_SetString(PyExc_ValueError, "a depth that is not known");
        return NULL;
    }
    Tag *opened = PyMem_Malloc((size_t)deepest * sizeof *opened);
    if (!opened)
        return PyErr_NoMemory();
    names.end = html + size;
    const int deep = is_deep(html, &names, deepest, most, opened);
    PyMem_Free(opened);
    return PyBool_FromLong(deep);
}
