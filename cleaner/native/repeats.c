/* Lines that say again what another said: cleaner.stages.repeats and cleaner.stages.passages. */
#include "keys.h"
#include "prose.h"

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

/* -1 with an exception set unless all are texts. */
static int check_lines(PyObject *lines)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(lines); i++)
        if (!text_of(lines, i))
            return -1;
    return 0;
}

/* What is known of a key: its first line that is kept, how many are, whether one of them may have enough words, and where the
 * latest stands that stays. */
typedef struct {
    uint32_t first, many;
    int wordy;
    Py_ssize_t latest;
} Copies;

/* Count the lines of each key that are kept, if that is not too short; returns whether one has two. */
static int count_copies(const Keys *keys, const uint8_t *kept, Py_ssize_t shortest, Copies *of)
{
    int some = 0;
    for (Py_ssize_t i = 0; i < keys->count; i++)
        if (kept[i] && keys->key[i].same && keys->key[i].size >= shortest) {
            Copies *copies = &of[keys->key[i].same - 1];
            if (!copies->many++)
                copies->first = (uint32_t)i;
            some |= copies->many > 1;
        }
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
    PyObject *kinds, *capsule, *lines, *kept, *standing, *begin, *judge, *result = NULL;
    PyObject *own_lines = NULL; /* as asking may run any code */
    Py_ssize_t shortest, words, near;
    Buffers held = {.count = 0};
    Copies *of = NULL;
    if (!PyArg_ParseTuple(args, "OOO!OO(nnn)OO", &kinds, &capsule, &PyList_Type, &lines, &kept, &standing, &shortest, &words, &near,
                          &begin, &judge))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    const Keys *keys = keys_of(capsule, n);
    const uint8_t *there, *stands, *known = keys ? take_kinds(&held, kinds) : NULL;
    if (!known || !(there = take_buffer(&held, kept, n, 1, 0)) || !(stands = take_buffer(&held, standing, n, 1, 0)))
        goto done;
    if (keys->copies && !(of = PyMem_Calloc((size_t)n, sizeof *of))) {
        PyErr_NoMemory();
        goto done;
    }
    if (!keys->copies || !count_copies(keys, there, shortest, of)) {
        result = Py_NewRef(Py_None);
        goto done;
    }
    if (!(lines = own_lines = PyList_GetSlice(lines, 0, n)) || check_lines(lines) < 0)
        goto done;
    for (Py_ssize_t i = 0; i < n; i++)
        if (there[i] && keys->key[i].same) {
            Copies *copies = &of[keys->key[i].same - 1];
            copies->wordy = copies->wordy || (copies->many > 1 && has_words(PyList_GET_ITEM(lines, i), words));
        }
    Py_ssize_t head = 0, place = 0;
    int asked = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        Copies *copies = keys->key[i].same ? &of[keys->key[i].same - 1] : NULL;
        int gone = 0;
        if (there[i] && copies && copies->wordy) {
            if (!asked) {
                PyObject *said = PyObject_CallNoArgs(begin);
                head = said ? PyLong_AsSsize_t(said) : -1;
                Py_XDECREF(said);
                if (PyErr_Occurred())
                    goto done;
                asked = 1;
            }
            if (copies->first != i && (place - copies->latest <= near || copies->first < head)) {
                const Py_ssize_t count = count_words(known, PyList_GET_ITEM(lines, i));
                if (count >= words)
                    gone = ask(judge, i, copies->first, place - copies->latest, count, copies->many, &head);
                if (gone < 0)
                    goto done;
            }
            if (!gone)
                copies->latest = place;
        }
        place += stands[i] && copies && !gone;
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(of);
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
    PyObject *capsule, *kept, *lines, *out = NULL;
    Py_ssize_t words;
    Buffers held = {.count = 0};
    uint32_t *latest = NULL, *places = NULL, *before = NULL;
    if (!PyArg_ParseTuple(args, "OOO!n", &capsule, &kept, &PyList_Type, &lines, &words))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    const Keys *keys = keys_of(capsule, n);
    const uint8_t *there = keys ? take_buffer(&held, kept, n, 1, 0) : NULL;
    if (!there || !(out = PyList_New(0)) || !keys->copies)
        goto done;
    if (!(latest = PyMem_Calloc((size_t)n, sizeof *latest)) || !(places = PyMem_Malloc((size_t)n * sizeof *places)) ||
        !(before = PyMem_Calloc((size_t)n, sizeof *before))) {
        PyErr_NoMemory();
        goto done;
    }
    /* latest: of each key 1 + its latest line; places: of lines that count, their places; before: 1 + the number of the earlier one */
    uint32_t place = 0;
    int some = 0;
    for (Py_ssize_t i = 0; i < n; i++)
        if (there[i] && keys->key[i].same) {
            before[i] = latest[keys->key[i].same - 1];
            some |= before[i] > 0;
            latest[keys->key[i].same - 1] = (uint32_t)i + 1;
            places[i] = place++;
        }
    if (some && check_lines(lines) < 0)
        goto done;
    for (Py_ssize_t i = 0, next; some && i < n; i = next) {
        next = i + 1;
        if (!before[i])
            continue;
        const uint32_t far = places[i] - places[before[i] - 1];
        Py_ssize_t most = most_words(PyList_GET_ITEM(lines, i));
        for (; next < n; next++) { /* as far as lines follow one another at the same distance */
            if (!there[next] || !keys->key[next].same)
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
                if (failed)
                    goto done;
            }
    }
done:
    PyMem_Free(latest);
    PyMem_Free(places);
    PyMem_Free(before);
    if (PyErr_Occurred())
        Py_CLEAR(out);
    let_go(&held);
    return out;
}

/* Keys met so far, up to a number of different ones that is small; the empty one does not count. */
enum { MOST_DIFFERENT = 64 };
typedef struct {
    uint32_t keys[MOST_DIFFERENT];
    int count;
} Different;

static int count_different(Different *seen, uint32_t key)
{
    for (int i = 0; i < seen->count; i++)
        if (seen->keys[i] == key)
            return seen->count;
    if (key && seen->count < MOST_DIFFERENT)
        seen->keys[seen->count++] = key;
    return seen->count;
}

/* head_end(kinds, lines, keys, standing, most) -> the first line that stands and is prose, or -1 if more than so many different
 * ones stand before it: repeats.head_end_in_python. */
PyObject *native_head_end(PyObject *module, PyObject *args)
{
    PyObject *kinds, *lines, *capsule, *standing, *result = NULL;
    int most;
    Buffers held = {.count = 0};
    Different seen = {.count = 0};
    if (!PyArg_ParseTuple(args, "OO!OOi", &kinds, &PyList_Type, &lines, &capsule, &standing, &most))
        return NULL;
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    const Keys *keys = keys_of(capsule, n);
    const uint8_t *there, *known = keys ? take_kinds(&held, kinds) : NULL;
    if (!known || !(there = take_buffer(&held, standing, n, 1, 0)))
        goto done;
    if (most >= MOST_DIFFERENT) {
        PyErr_SetString(PyExc_ValueError, "too many lines of a head");
        goto done;
    }
    Py_ssize_t found = -1;
    for (Py_ssize_t i = 0; i < n && found < 0; i++) {
        if (!there[i])
            continue;
        PyObject *line = text_of(lines, i);
        if (!line)
            goto done;
        if (reads_as_prose(known, line))
            found = i;
        else if (count_different(&seen, keys->key[i].same) > most)
            break;
    }
    result = PyLong_FromSsize_t(found);
done:
    let_go(&held);
    return result;
}

/* edges(keys, standing, most) -> set of the first lines that stand, until more than so many were different, and of the last:
 * titles.edges_in_python. */
PyObject *native_edges(PyObject *module, PyObject *args)
{
    PyObject *capsule, *standing, *out = NULL;
    int most;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOi", &capsule, &standing, &most))
        return NULL;
    const Keys *keys = keys_of(capsule, -1);
    const uint8_t *there = keys ? take_buffer(&held, standing, keys->count, 1, 0) : NULL;
    if (!there || !(out = PySet_New(NULL)))
        goto done;
    if (most >= MOST_DIFFERENT)
        PyErr_SetString(PyExc_ValueError, "too many lines of an edge");
    for (int back = 0; back < 2 && !PyErr_Occurred(); back++) {
        Different seen = {.count = 0};
        for (Py_ssize_t k = 0; k < keys->count; k++) {
            const Py_ssize_t i = back ? keys->count - 1 - k : k;
            if (!there[i])
                continue;
            PyObject *number = PyLong_FromSsize_t(i);
            const int failed = !number || PySet_Add(out, number) < 0;
            Py_XDECREF(number);
            if (failed || count_different(&seen, keys->key[i].same) > most)
                break;
        }
    }
    if (PyErr_Occurred())
        Py_CLEAR(out);
done:
    let_go(&held);
    return out;
}
