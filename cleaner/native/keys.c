/* Keys of lines, each compared with all others once: cleaner.keys. */
#include "keys.h"

static const char KEYS[] = "cleaner.native.keys";

static void drop(Keys *keys)
{
    PyMem_Free(keys->key);
    PyMem_Free(keys->own);
    Py_XDECREF(keys->source);
    PyMem_Free(keys);
}

static void free_keys(PyObject *capsule)
{
    drop(PyCapsule_GetPointer(capsule, KEYS));
}

const Keys *keys_of(PyObject *capsule, Py_ssize_t lines)
{
    const Keys *keys = PyCapsule_GetPointer(capsule, KEYS);
    if (keys && lines >= 0 && keys->count != lines) {
        PyErr_SetString(PyExc_ValueError, "as many keys as lines are expected");
        return NULL;
    }
    return keys;
}

/* Make room for so many keys, at least. */
static int make_room(Keys *keys, Py_ssize_t room)
{
    Key *more = room < UINT32_MAX / 4 ? PyMem_Realloc(keys->key, (size_t)room * sizeof *more) : NULL;
    if (!more) {
        PyErr_NoMemory();
        return -1;
    }
    keys->key = more;
    return 0;
}

/* Take keys that are joined by newlines. */
static int take_joined(Keys *keys, PyObject *source)
{
    const char *text = PyBytes_AS_STRING(source), *end = text + PyBytes_GET_SIZE(source);
    Py_ssize_t room = 0;
    keys->source = Py_NewRef(source);
    while (text <= end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop : end;
        if (keys->count == room && make_room(keys, room = 2 * room + 512) < 0)
            return -1;
        keys->key[keys->count++] = (Key){text, stop - text, 0};
        text = stop + 1;
    }
    return 0;
}

/* Take a list of keys. */
static int take_list(Keys *keys, PyObject *source)
{
    Py_ssize_t size = 0;
    keys->count = PyList_GET_SIZE(source);
    for (Py_ssize_t i = 0; i < keys->count; i++) {
        PyObject *key = PyList_GET_ITEM(source, i);
        if (!PyBytes_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "a key that is no bytes");
            return -1;
        }
        size += PyBytes_GET_SIZE(key);
    }
    if (make_room(keys, keys->count + 1) < 0)
        return -1;
    if (!(keys->own = PyMem_Malloc((size_t)size + 1))) {
        PyErr_NoMemory();
        return -1;
    }
    char *to = keys->own;
    for (Py_ssize_t i = 0; i < keys->count; i++) {
        PyObject *key = PyList_GET_ITEM(source, i);
        keys->key[i] = (Key){to, PyBytes_GET_SIZE(key), 0};
        memcpy(to, PyBytes_AS_STRING(key), (size_t)keys->key[i].size);
        to += keys->key[i].size;
    }
    return 0;
}

static uint64_t hash_key(const char *text, Py_ssize_t size)
{
    uint64_t hash = hash_seed ^ (uint64_t)size, value;
    for (Py_ssize_t at = 0; at < size; at += 8) {
        if (size - at >= 8)
            memcpy(&value, text + at, 8);
        else if (size >= 8) /* the rest, and some once more */
            memcpy(&value, text + size - 8, 8);
        else
            memcpy(memset(&value, 0, 8), text, (size_t)size);
        hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    hash *= UINT64_C(0x9E3779B97F4A7C15); /* so that the last characters of a key count in all of it */
    return hash ^ hash >> 32;
}

ALWAYS_INLINE int is_key(const Key *key, const char *text, Py_ssize_t size)
{
    return key->size == size && !memcmp(key->text, text, (size_t)size);
}

/* Find those that are the same. */
static int compare(Keys *keys)
{
    size_t room = 64;
    while (room < 2 * (size_t)keys->count)
        room *= 2;
    uint32_t *slots = PyMem_Calloc(room, sizeof *slots);
    if (!slots) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < keys->count; i++) {
        Key *key = &keys->key[i];
        if (!key->size)
            continue;
        size_t slot = hash_key(key->text, key->size) & (room - 1);
        while (slots[slot] && !is_key(&keys->key[slots[slot] - 1], key->text, key->size))
            slot = (slot + 1) & (room - 1);
        if (slots[slot])
            keys->copies = 1;
        else
            slots[slot] = (uint32_t)i + 1;
        key->same = slots[slot];
    }
    PyMem_Free(slots);
    return 0;
}

/* make_keys(bytes with a newline between keys, or a list of them): makes what the functions below and those of repeats.c take. */
PyObject *native_make_keys(PyObject *module, PyObject *source)
{
    Keys *keys = PyMem_Calloc(1, sizeof *keys);
    PyObject *capsule = NULL;
    if (!keys)
        return PyErr_NoMemory();
    if (!PyBytes_Check(source) && !PyList_Check(source))
        PyErr_SetString(PyExc_TypeError, "bytes or a list of them are expected");
    else if ((PyBytes_Check(source) ? take_joined(keys, source) : take_list(keys, source)) == 0 && compare(keys) == 0)
        capsule = PyCapsule_New(keys, KEYS, free_keys);
    if (!capsule)
        drop(keys);
    return capsule;
}

/* solid(keys) -> (bytearray that tells which keys are not empty, numbers of those that are digits and nothing else). */
PyObject *native_solid(PyObject *module, PyObject *capsule)
{
    const Keys *keys = keys_of(capsule, -1);
    PyObject *result = NULL, *solid = NULL, *numbers = NULL;
    if (!keys || !(solid = PyByteArray_FromStringAndSize(NULL, keys->count)) || !(numbers = PyList_New(0)))
        goto done;
    for (Py_ssize_t i = 0; i < keys->count; i++) {
        const char *text = keys->key[i].text;
        const Py_ssize_t size = keys->key[i].size;
        Py_ssize_t digits = 0;
        while (digits < size && text[digits] >= '0' && text[digits] <= '9')
            digits++;
        PyByteArray_AS_STRING(solid)[i] = size > 0;
        if (size && digits == size && append_number(numbers, i) < 0)
            goto done;
    }
    result = PyTuple_Pack(2, solid, numbers);
done:
    Py_XDECREF(solid);
    Py_XDECREF(numbers);
    return result;
}

/* among(keys, kept, wanted) -> of each of a list of keys whether a line that is kept has it. */
PyObject *native_among(PyObject *module, PyObject *args)
{
    PyObject *capsule, *kept, *wanted, *out = NULL;
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOO!", &capsule, &kept, &PyList_Type, &wanted))
        return NULL;
    const Keys *keys = keys_of(capsule, -1);
    const uint8_t *there = keys ? take_buffer(&held, kept, keys->count, 1, 0) : NULL;
    const Py_ssize_t n = PyList_GET_SIZE(wanted);
    if (!there || !(out = PyBytes_FromStringAndSize(NULL, n)))
        goto done;
    for (Py_ssize_t k = 0; k < n; k++) {
        PyObject *key = PyList_GET_ITEM(wanted, k);
        if (!PyBytes_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "a key that is no bytes");
            Py_CLEAR(out);
            break;
        }
        Py_ssize_t i = 0;
        while (i < keys->count && !(there[i] && is_key(&keys->key[i], PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key))))
            i++;
        PyBytes_AS_STRING(out)[k] = i < keys->count;
    }
done:
    let_go(&held);
    return out;
}
