/* Loops over the lines of a page, and the marks on them: cleaner.page, fold, company and tidy. */
#include "native.h"

/* both(one, other, flip) -> bytes: where both have a one, of arrays of noughts and ones; with `flip`, where the other has none. */
PyObject *native_both(PyObject *module, PyObject *args)
{
    PyObject *one, *other, *out = NULL;
    int flip;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOp", &one, &other, &flip))
        return NULL;
    const uint8_t *first = take_buffer(&held, one, -1, 1, 0);
    const Py_ssize_t n = first ? held.views[held.count - 1].len : 0;
    const uint8_t *second = first ? take_buffer(&held, other, n, 1, 0) : NULL;
    if (second && (out = PyBytes_FromStringAndSize(NULL, n))) {
        char *to = PyBytes_AS_STRING(out);
        for (Py_ssize_t i = 0; i < n; i++)
            to[i] = (char)(first[i] & (second[i] ^ flip));
    }
    let_go(&held);
    return out;
}

/* runs(phrase, kept, between, named, groups) -> lists of lines: company.runs_in_python. */
PyObject *native_runs(PyObject *module, PyObject *args)
{
    PyObject *phrase, *kept, *between, *named, *groups, *out = NULL;
    Buffers held = {.count = 0};
    uint32_t *run = NULL, *size = NULL, *open = NULL;
    uint8_t *live = NULL;
    if (!PyArg_ParseTuple(args, "OOOO!O", &phrase, &kept, &between, &PyDict_Type, &named, &groups))
        return NULL;
    const uint8_t *is_phrase = take_buffer(&held, phrase, -1, 1, 0);
    if (!is_phrase)
        goto done;
    const Py_ssize_t n = held.views[held.count - 1].len;
    const uint8_t *there, *parts;
    const uint16_t *of;
    if (!(there = take_buffer(&held, kept, n, 1, 0)) || !(parts = take_buffer(&held, between, n, 1, 0)) ||
        !(of = take_buffer(&held, groups, -1, sizeof(uint16_t), 0)))
        goto done;
    const Py_ssize_t rules = held.views[held.count - 1].len / (Py_ssize_t)sizeof(uint16_t);
    if (n >= UINT32_MAX / 4 || !(run = PyMem_Calloc((size_t)n + 1, sizeof *run)) || !(size = PyMem_Calloc((size_t)n + 2, sizeof *size)) ||
        !(live = PyMem_Calloc((size_t)n + 2, 1)) || !(open = PyMem_Calloc((size_t)rules + 1, sizeof *open))) {
        PyErr_NoMemory();
        goto done;
    }
    /* run: of a line that is a phrase its run, from 1 on; open: of a group its run, if that is one of those since `since` */
    uint32_t count = 0, since = 1;
    int parted = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (is_phrase[i]) {
            if (parted)
                since = count + 1;
            parted = 0;
            PyObject *number = PyLong_FromSsize_t(i);
            PyObject *rule = number ? PyDict_GetItemWithError(named, number) : NULL;
            const Py_ssize_t place = rule ? PyLong_AsSsize_t(rule) : -1;
            Py_XDECREF(number);
            if (place < 0 || place >= rules || of[place] >= rules) {
                if (!PyErr_Occurred())
                    PyErr_SetString(PyExc_ValueError, "a phrase without a rule");
                goto done;
            }
            if (open[of[place]] < since)
                open[of[place]] = ++count;
            run[i] = open[of[place]];
            size[run[i]]++;
            live[run[i]] |= there[i];
        } else
            parted |= parts[i];
    }
    if (!(out = PyList_New(0)))
        goto done;
    uint32_t lists = 0;
    for (uint32_t r = 1; r <= count; r++) { /* size: from here on where the run's list stands, from 1 on */
        PyObject *list = NULL;
        if (size[r] < 2 || !live[r]) {
            size[r] = 0;
            continue;
        }
        const int failed = !(list = PyList_New(0)) || PyList_Append(out, list) < 0;
        Py_XDECREF(list);
        if (failed) {
            Py_CLEAR(out);
            goto done;
        }
        size[r] = ++lists;
    }
    for (Py_ssize_t i = 0; i < n && lists; i++)
        if (run[i] && size[run[i]] && append_number(PyList_GET_ITEM(out, size[run[i]] - 1), i) < 0) {
            Py_CLEAR(out);
            break;
        }
done:
    PyMem_Free(run);
    PyMem_Free(size);
    PyMem_Free(open);
    PyMem_Free(live);
    let_go(&held);
    return out;
}

/* longer(lines, size, enough, most) -> the lines of more characters, each cut off after `most`, until they have more than
 * `enough` together. */
PyObject *native_longer(PyObject *module, PyObject *args)
{
    PyObject *lines, *out;
    Py_ssize_t size, enough, most, sum = 0;
    if (!PyArg_ParseTuple(args, "O!nnn", &PyList_Type, &lines, &size, &enough, &most) || !(out = PyList_New(0)))
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines) && sum <= enough; i++) {
        PyObject *line = text_of(lines, i), *part;
        if (!line) {
            Py_CLEAR(out);
            return NULL;
        }
        if (PyUnicode_GET_LENGTH(line) <= size)
            continue;
        part = PyUnicode_Substring(line, 0, most);
        const int failed = !part || PyList_Append(out, part) < 0;
        sum += part ? PyUnicode_GET_LENGTH(part) : 0;
        Py_XDECREF(part);
        if (failed) {
            Py_DECREF(out);
            return NULL;
        }
    }
    return out;
}

/* filled(rows) -> (those that are not blank, their numbers as a bytearray of int64; None if none is blank). */
PyObject *native_filled(PyObject *module, PyObject *rows)
{
    if (!PyList_Check(rows)) {
        PyErr_SetString(PyExc_TypeError, "a list is expected");
        return NULL;
    }
    PyObject *lines = NULL, *numbers = NULL, *result = NULL;
    const Py_ssize_t n = PyList_GET_SIZE(rows);
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *row = text_of(rows, i);
        if (!row)
            return NULL;
        count += PyUnicode_GET_LENGTH(row) > 0;
    }
    if (!(lines = PyList_New(count)) ||
        (count < n && !(numbers = PyByteArray_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(int64_t)))))
        goto done;
    int64_t *number = numbers ? (int64_t *)PyByteArray_AS_STRING(numbers) : NULL;
    for (Py_ssize_t i = 0, at = 0; i < n && at < count; i++) {
        PyObject *row = PyList_GET_ITEM(rows, i);
        if (!PyUnicode_GET_LENGTH(row))
            continue;
        if (number)
            number[at] = i;
        PyList_SET_ITEM(lines, at++, Py_NewRef(row));
    }
    result = PyTuple_Pack(2, lines, numbers ? numbers : Py_None);
done:
    Py_XDECREF(lines);
    Py_XDECREF(numbers);
    return result;
}

/* The line of a mark that leaves nothing of it, or that stands for such a mark itself; -1 if it is neither. */
ALWAYS_INLINE Py_ssize_t line_of(PyObject *mark)
{
    if (PyTuple_CheckExact(mark) && PyTuple_GET_SIZE(mark) == 4 && PyTuple_GET_ITEM(mark, 2) == Py_None)
        mark = PyTuple_GET_ITEM(mark, 0);
    const Py_ssize_t line = PyLong_CheckExact(mark) ? PyLong_AsSsize_t(mark) : -1;
    if (line < 0)
        PyErr_Clear();
    return line;
}

/* strike(marks, kept) -> the marks of lines that were kept until then, which they are no longer; None, with nothing done, if a
 * mark leaves something of its line, or is no mark: the simple part of page.Page.apply. Lines may stand for their marks. */
PyObject *native_strike(PyObject *module, PyObject *args)
{
    PyObject *marks, *kept, *out = NULL;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &marks, &kept))
        return NULL;
    uint8_t *there = take_buffer(&held, kept, -1, 1, 1);
    if (!there)
        goto done;
    const Py_ssize_t n = PyList_GET_SIZE(marks), lines = held.views[held.count - 1].len;
    for (Py_ssize_t i = 0; i < n; i++) {
        const Py_ssize_t line = line_of(PyList_GET_ITEM(marks, i));
        if (line < 0 || line >= lines) {
            out = Py_NewRef(Py_None);
            goto done;
        }
    }
    if (!(out = PyList_New(0)))
        goto done;
    for (Py_ssize_t i = 0; i < n && out; i++) {
        PyObject *mark = PyList_GET_ITEM(marks, i);
        const Py_ssize_t line = line_of(mark);
        if (there[line] && PyList_Append(out, mark) < 0)
            Py_CLEAR(out);
        there[line] = 0;
    }
done:
    let_go(&held);
    return out;
}

/* Whether a line begins, behind white space, with a text of ASCII. */
static int begins(PyObject *line, const char *start)
{
    const int kind = PyUnicode_KIND(line);
    const void *data = PyUnicode_DATA(line);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(line);
    Py_ssize_t i = 0;
    while (i < length && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, i)))
        i++;
    while (*start && i < length && PyUnicode_READ(kind, data, i) == (Py_UCS4)*start) {
        start++;
        i++;
    }
    return !*start;
}

/* indented(lines, fence) -> (numbers of the lines that begin with a space, whether one begins with a fence). */
PyObject *native_indented(PyObject *module, PyObject *args)
{
    PyObject *lines, *out, *result = NULL;
    const char *fence;
    int fenced = 0;
    if (!PyArg_ParseTuple(args, "O!s", &PyList_Type, &lines, &fence) || !(out = PyList_New(0)))
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++) {
        PyObject *line = text_of(lines, i);
        if (!line)
            goto done;
        if (!PyUnicode_GET_LENGTH(line))
            continue;
        const Py_UCS4 first = PyUnicode_READ_CHAR(line, 0);
        if (first == ' ' && append_number(out, i) < 0)
            goto done;
        if ((first == (Py_UCS4)*fence || Py_UNICODE_ISSPACE(first)) && !fenced)
            fenced = begins(line, fence);
    }
    result = PyTuple_Pack(2, out, fenced ? Py_True : Py_False);
done:
    Py_DECREF(out);
    return result;
}

/* shorter(lines, size) -> numbers of the lines of fewer characters. */
PyObject *native_shorter(PyObject *module, PyObject *args)
{
    PyObject *lines, *out;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "O!n", &PyList_Type, &lines, &size) || !(out = PyList_New(0)))
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++) {
        PyObject *line = text_of(lines, i);
        if (line && (PyUnicode_GET_LENGTH(line) >= size || append_number(out, i) == 0))
            continue;
        Py_CLEAR(out);
        break;
    }
    return out;
}

/* size(lines, kept or None) -> characters in the lines that are kept. */
PyObject *native_size(PyObject *module, PyObject *args)
{
    PyObject *lines, *kept;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &lines, &kept))
        return NULL;
    const uint8_t *there = NULL;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    if (kept != Py_None && !(there = take_buffer(&held, kept, n, 1, 0))) {
        let_go(&held);
        return NULL;
    }
    Py_ssize_t size = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (there && !there[i])
            continue;
        PyObject *line = text_of(lines, i);
        if (!line)
            break;
        size += PyUnicode_GET_LENGTH(line);
    }
    let_go(&held);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(size);
}

/* Put a text and what parts it from the one before at the end of another; the place behind it, -1 with an exception set. */
static Py_ssize_t add_text(PyObject *out, Py_ssize_t at, PyObject *text, int breaks)
{
    for (int i = 0; i < breaks; i++)
        PyUnicode_WRITE(PyUnicode_KIND(out), PyUnicode_DATA(out), at + i, '\n');
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (PyUnicode_KIND(text) == PyUnicode_KIND(out))
        memcpy((char *)PyUnicode_DATA(out) + (at + breaks) * PyUnicode_KIND(out), PyUnicode_DATA(text), (size_t)(length * PyUnicode_KIND(out)));
    else if (PyUnicode_CopyCharacters(out, at + breaks, text, 0, length) < 0)
        return -1;
    return at + breaks + length;
}

/* text(rows, row, kept) -> the rows joined by newlines, without those whose lines are not kept, one blank one between them at
 * most and none at the ends: page.Page.text. `row` says in which row each line stands, as int64. */
PyObject *native_text(PyObject *module, PyObject *args)
{
    enum { GONE, LINE, BEHIND_GAP };
    PyObject *rows, *row, *kept, *result = NULL;
    Buffers held = {.count = 0};
    uint8_t *stays = NULL; /* of each row */
    if (!PyArg_ParseTuple(args, "O!OO", &PyList_Type, &rows, &row, &kept))
        return NULL;
    const int64_t *place = take_buffer(&held, row, -1, sizeof(int64_t), 0);
    const Py_ssize_t n = PyList_GET_SIZE(rows), lines = place ? held.views[0].len / (Py_ssize_t)sizeof(int64_t) : 0;
    const uint8_t *there = place ? take_buffer(&held, kept, lines, 1, 0) : NULL;
    if (!there)
        goto done;
    if (!(stays = PyMem_Malloc((size_t)n + 1))) {
        PyErr_NoMemory();
        goto done;
    }
    Py_ssize_t next = 0, size = 0;
    Py_UCS4 most = 127;
    int gap = 0, some = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *text = text_of(rows, i);
        if (!text)
            goto done;
        stays[i] = GONE;
        if (next < lines && place[next] == i && !there[next++])
            continue;
        const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
        if (!length) {
            gap = 1;
            continue;
        }
        const Py_UCS4 highest = PyUnicode_MAX_CHAR_VALUE(text);
        most = highest > most ? highest : most;
        stays[i] = gap && some ? BEHIND_GAP : LINE;
        size += length + (some ? stays[i] : 0);
        gap = 0;
        some = 1;
    }
    if (PyErr_Occurred() || !(result = PyUnicode_New(size, most)))
        goto done;
    Py_ssize_t at = 0;
    for (Py_ssize_t i = 0; i < n && at >= 0; i++)
        if (stays[i])
            at = add_text(result, at, PyList_GET_ITEM(rows, i), at ? stays[i] : 0);
    if (at < 0)
        Py_CLEAR(result);
done:
    PyMem_Free(stays);
    let_go(&held);
    return result;
}
