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
        PyObject *line = PyList_GET_ITEM(lines, i), *part;
        if (!is_text(line)) {
            PyErr_SetString(PyExc_TypeError, "a line that is no text");
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

/* filled(rows, every) -> (those that are not blank, their numbers; `every` if none is blank). */
PyObject *native_filled(PyObject *module, PyObject *args)
{
    PyObject *rows, *every, *lines = NULL, *numbers = NULL, *result = NULL;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &rows, &every))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(rows);
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!is_text(PyList_GET_ITEM(rows, i))) {
            PyErr_SetString(PyExc_TypeError, "a row that is no text");
            return NULL;
        }
        count += PyUnicode_GET_LENGTH(PyList_GET_ITEM(rows, i)) > 0;
    }
    if (!(lines = PyList_New(count)) || (count < n && !(numbers = PyList_New(count))))
        goto done;
    for (Py_ssize_t i = 0, at = 0; i < n && at < count; i++) {
        PyObject *row = PyList_GET_ITEM(rows, i);
        if (!PyUnicode_GET_LENGTH(row))
            continue;
        PyList_SET_ITEM(lines, at, Py_NewRef(row));
        if (numbers) {
            PyObject *number = PyLong_FromSsize_t(i);
            if (!number)
                goto done;
            PyList_SET_ITEM(numbers, at, number);
        }
        at++;
    }
    result = PyTuple_Pack(2, lines, numbers ? numbers : every);
done:
    Py_XDECREF(lines);
    Py_XDECREF(numbers);
    return result;
}

/* strike(marks, kept) -> the marks of lines that were kept until then, which they are no longer; None, with nothing done, if a
 * mark leaves something of its line, or is no mark: the simple part of page.Page.apply. */
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
        PyObject *mark = PyList_GET_ITEM(marks, i);
        const int simple = PyTuple_CheckExact(mark) && PyTuple_GET_SIZE(mark) == 4 && PyTuple_GET_ITEM(mark, 2) == Py_None &&
                           PyLong_CheckExact(PyTuple_GET_ITEM(mark, 0));
        const Py_ssize_t line = simple ? PyLong_AsSsize_t(PyTuple_GET_ITEM(mark, 0)) : -1;
        if (line < 0 || line >= lines) {
            PyErr_Clear();
            out = Py_NewRef(Py_None);
            goto done;
        }
    }
    if (!(out = PyList_New(0)))
        goto done;
    for (Py_ssize_t i = 0; i < n && out; i++) {
        PyObject *mark = PyList_GET_ITEM(marks, i);
        const Py_ssize_t line = PyLong_AsSsize_t(PyTuple_GET_ITEM(mark, 0));
        if (there[line] && PyList_Append(out, mark) < 0)
            Py_CLEAR(out);
        there[line] = 0;
    }
done:
    let_go(&held);
    return out;
}

/* indented(lines) -> numbers of the lines that begin with a space. */
PyObject *native_indented(PyObject *module, PyObject *lines)
{
    if (!PyList_Check(lines)) {
        PyErr_SetString(PyExc_TypeError, "a list is expected");
        return NULL;
    }
    PyObject *out = PyList_New(0);
    for (Py_ssize_t i = 0; out && i < PyList_GET_SIZE(lines); i++) {
        PyObject *line = item_of(lines, i);
        if (!is_text(line)) {
            PyErr_SetString(PyExc_TypeError, "a line that is no text");
            Py_CLEAR(out);
        } else if (PyUnicode_GET_LENGTH(line) && PyUnicode_READ_CHAR(line, 0) == ' ' && append_number(out, i) < 0)
            Py_CLEAR(out);
    }
    return out;
}

/* shorter(lines, size) -> numbers of the lines of fewer characters. */
PyObject *native_shorter(PyObject *module, PyObject *args)
{
    PyObject *lines, *out;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "O!n", &PyList_Type, &lines, &size) || !(out = PyList_New(0)))
        return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++) {
        PyObject *line = item_of(lines, i);
        if (!is_text(line))
            PyErr_SetString(PyExc_TypeError, "a line that is no text");
        else if (PyUnicode_GET_LENGTH(line) >= size || append_number(out, i) == 0)
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
        PyObject *line = item_of(lines, i);
        if (there && !there[i])
            continue;
        if (!is_text(line)) {
            PyErr_SetString(PyExc_TypeError, "a line that is no text");
            break;
        }
        size += PyUnicode_GET_LENGTH(line);
    }
    let_go(&held);
    return PyErr_Occurred() ? NULL : PyLong_FromSsize_t(size);
}

/* text(rows, row, kept) -> the rows joined by newlines, without those whose lines are not kept, one blank one between them at
 * most and none at the ends: page.Page.text. `row` says in which row each line stands. */
PyObject *native_text(PyObject *module, PyObject *args)
{
    PyObject *rows, *row, *kept, *out = NULL, *result = NULL;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "O!O!O", &PyList_Type, &rows, &PyList_Type, &row, &kept))
        return NULL;
    const Py_ssize_t lines = PyList_GET_SIZE(row), n = PyList_GET_SIZE(rows);
    const uint8_t *there = take_buffer(&held, kept, lines, 1, 0);
    if (!there || !(out = PyList_New(0)))
        goto done;
    Py_ssize_t next = 0;
    PyObject *gap = NULL;
    int some = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *text = PyList_GET_ITEM(rows, i);
        if (!is_text(text)) {
            PyErr_SetString(PyExc_TypeError, "a row that is no text");
            goto done;
        }
        if (next < lines && PyLong_AsSsize_t(PyList_GET_ITEM(row, next)) == i && !there[next++])
            continue;
        if (!PyUnicode_GET_LENGTH(text)) {
            gap = text;
            continue;
        }
        if ((gap && some && PyList_Append(out, gap) < 0) || PyList_Append(out, text) < 0)
            goto done;
        gap = NULL;
        some = 1;
    }
    PyObject *newline = PyUnicode_FromStringAndSize("\n", 1);
    if (newline)
        result = PyUnicode_Join(newline, out);
    Py_XDECREF(newline);
done:
    Py_XDECREF(out);
    let_go(&held);
    if (PyErr_Occurred())
        Py_CLEAR(result);
    return result;
}
