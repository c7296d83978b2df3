/* What tags and class names say, and how tags are written: cleaner.markup.words.name_bits, cleaner.read.tags. */
#include "tree.h"

static const char READER[] = "cleaner.native.reader";

/* How elements are written where it is not <tag>text</tag>: the standard's serialisation of HTML. */
static const struct {
    const char *names;
    uint8_t kind;
} WRITTEN[] = {
    {"area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr", EMPTY},
    {"script style iframe noembed noframes", RAW},
    {"xmp plaintext", UNREADABLE},
    {"svg math", FOREIGN},
};

static void drop_reader(Reader *reader)
{
    if (reader) {
        Py_XDECREF(reader->tag_names);
        Py_XDECREF(reader->name_bits);
        Py_XDECREF(reader->hides);
        PyMem_Free(reader->stems);
        PyMem_Free(reader->next);
        PyMem_Free(reader->found);
        PyMem_Free(reader->shorter);
        PyMem_Free(reader->stop);
        PyMem_Free(reader);
    }
}

static void free_reader(PyObject *capsule)
{
    drop_reader(PyCapsule_GetPointer(capsule, READER));
}

const Reader *get_reader(PyObject *capsule)
{
    return PyCapsule_GetPointer(capsule, READER);
}

/* The slot of a name of NAME_SIZE bytes: its own, or the empty one where it would stand. */
static TagName *slot_of(const Reader *reader, const char *name)
{
    uint64_t half[2];
    memcpy(half, name, NAME_SIZE);
    uint64_t hash = (half[0] ^ half[1] * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xD6E8FEB86659FD93);
    for (uint32_t at = (uint32_t)(hash >> 40);; at++) {
        const TagName *slot = &reader->names[at % NAME_SLOTS];
        if (!*slot->name || !memcmp(slot->name, name, NAME_SIZE))
            return (TagName *)slot;
    }
}

const TagName *find_tag(const Reader *reader, const char *name)
{
    const TagName *slot = slot_of(reader, name);
    return *slot->name ? slot : NULL;
}

static int put_name(Reader *reader, int *count, const char *text, size_t size, int number, int kind)
{
    char name[NAME_SIZE] = {0};
    if (!size || size >= NAME_SIZE || *count >= NAME_SLOTS / 2) {
        PyErr_SetString(PyExc_ValueError, "a tag's name that is too long, or too many");
        return -1;
    }
    memcpy(name, text, size);
    TagName *slot = slot_of(reader, name);
    if (!*slot->name) {
        memcpy(slot->name, name, NAME_SIZE);
        slot->number = (int16_t)number;
        slot->kind = PLAIN;
        ++*count;
    }
    if (kind != PLAIN)
        slot->kind = (uint8_t)kind;
    return 0;
}

/* Take {name: number}, and the names of how elements are written. */
static int put_names(Reader *reader, PyObject *numbers)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    int count = 0;
    while (PyDict_Next(numbers, &at, &key, &value)) {
        Py_ssize_t size;
        const char *name = PyUnicode_AsUTF8AndSize(key, &size);
        const long number = PyLong_AsLong(value);
        if (!name || (number == -1 && PyErr_Occurred()))
            return -1;
        if (number < -1 || number >= reader->tags) {
            PyErr_SetString(PyExc_ValueError, "a tag's number that is not known");
            return -1;
        }
        if (size && put_name(reader, &count, name, (size_t)size, (int)number, PLAIN) < 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof WRITTEN / sizeof *WRITTEN; i++)
        for (const char *name = WRITTEN[i].names; *name;) {
            const size_t size = strcspn(name, " ");
            if (put_name(reader, &count, name, size, 0, WRITTEN[i].kind) < 0)
                return -1;
            name += size + (name[size] == ' ');
        }
    return 0;
}

static int put_roles(Reader *reader, PyObject *roles)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(roles, &at, &key, &value)) {
        Py_ssize_t size;
        const char *name = PyUnicode_AsUTF8AndSize(key, &size);
        if (!name)
            return -1;
        if (size >= NAME_SIZE || reader->roles == MOST_ROLES) {
            PyErr_SetString(PyExc_ValueError, "a role that is too long, or too many");
            return -1;
        }
        memcpy(reader->role[reader->roles], name, (size_t)size);
        reader->role_bits[reader->roles++] = PyLong_AsLongLong(value);
        if (PyErr_Occurred())
            return -1;
    }
    return 0;
}

/* A letter's column in the automaton: 0 for what no stem has. */
ALWAYS_INLINE int letter(Py_UCS4 c)
{
    if ((c | 32) >= 'a' && (c | 32) <= 'z')
        return (int)(c | 32) - 'a' + 1;
    return c == '2' ? LETTERS - 1 : 0;
}

/* Take [(stem, bit, whether a word must begin before it, and end behind it)] and make the automaton (Aho and Corasick). */
static int put_stems(Reader *reader, PyObject *stems)
{
    const Py_ssize_t count = PyList_GET_SIZE(stems);
    Py_ssize_t states = 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *text;
        Py_ssize_t size;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(stems, i), "s#Lpp", &text, &size, &(long long){0}, &(int){0}, &(int){0}))
            return -1;
        states += size;
    }
    if (count > 4096 || states > 60000) {
        PyErr_SetString(PyExc_ValueError, "too many stems");
        return -1;
    }
    uint16_t *longest = NULL, *queue = NULL;
    if (!(reader->stems = PyMem_Calloc((size_t)count + 1, sizeof(Stem))) ||
        !(reader->next = PyMem_Calloc((size_t)states * LETTERS, sizeof(uint16_t))) ||
        !(reader->found = PyMem_Malloc((size_t)states * sizeof(int32_t))) ||
        !(reader->shorter = PyMem_Calloc((size_t)states, sizeof(int32_t))) || !(reader->stop = PyMem_Calloc((size_t)states, 1)) ||
        !(longest = PyMem_Calloc((size_t)states * 2, sizeof(uint16_t)))) {
        PyErr_NoMemory();
        return -1;
    }
    queue = longest + states;
    for (int c = 0; c < 128; c++)
        reader->letters[c] = (uint8_t)letter((Py_UCS4)c);
    memset(reader->found, 0xFF, (size_t)states * sizeof(int32_t));
    uint16_t used = 1;
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *text;
        Py_ssize_t size;
        long long bit;
        int begins, ends, state = 0;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(stems, i), "s#Lpp", &text, &size, &bit, &begins, &ends))
            goto failed;
        for (Py_ssize_t k = 0; k < size; k++) {
            const int c = letter((uint8_t)text[k]);
            if (!c) {
                PyErr_SetString(PyExc_ValueError, "a stem of other characters than letters");
                goto failed;
            }
            uint16_t *to = &reader->next[state * LETTERS + c];
            if (!*to)
                *to = used++;
            state = *to;
        }
        reader->stems[i] = (Stem){bit, (int32_t)size, reader->found[state], (uint8_t)begins, (uint8_t)ends};
        reader->found[state] = (int32_t)i;
    }
    int head = 0, tail = 0;
    for (int c = 0; c < LETTERS; c++)
        if (reader->next[c])
            queue[tail++] = reader->next[c];
    while (head < tail) { /* each state, the shorter before the longer: where it goes on if its own letters do not */
        const int state = queue[head++], ending = longest[state];
        reader->shorter[state] = reader->found[ending] >= 0 ? ending : reader->shorter[ending];
        reader->stop[state] = reader->found[state] >= 0 || reader->shorter[state];
        for (int c = 0; c < LETTERS; c++) {
            uint16_t *to = &reader->next[state * LETTERS + c];
            const uint16_t other = reader->next[ending * LETTERS + c];
            if (*to) {
                longest[*to] = other;
                queue[tail++] = *to;
            } else {
                *to = other;
            }
        }
    }
    PyMem_Free(longest);
    return 0;
failed:
    PyMem_Free(longest);
    return -1;
}

/* make_reader(numbers, tag names, flags, bits, special tags, (hidden, unseen, asks, sold, note,
 * aside), stems, roles, name_bits, hides): what cleaner.read.quick says of tags and names. */
PyObject *native_make_reader(PyObject *module, PyObject *args)
{
    PyObject *numbers, *names, *flags, *bits, *stems, *roles, *name_bits, *hides, *capsule = NULL;
    long long hidden, unseen, asks, sold, note, aside;
    Buffers held = {.count = 0};
    Reader *reader = PyMem_Calloc(1, sizeof *reader);
    if (!reader)
        return PyErr_NoMemory();
    if (!PyArg_ParseTuple(args, "O!O!OO(iiiiiiii)(LLLLLL)O!O!OO", &PyDict_Type, &numbers, &PyTuple_Type, &names, &flags, &bits, &reader->text,
                          &reader->link, &reader->line_break, &reader->reading, &reader->item, &reader->pre, &reader->ordered,
                          &reader->division, &hidden, &unseen, &asks, &sold, &note, &aside, &PyList_Type, &stems, &PyDict_Type, &roles,
                          &name_bits, &hides))
        goto done;
    const Py_ssize_t tags = PyTuple_GET_SIZE(names);
    reader->tags = (int)tags;
    const int special[] = {reader->text, reader->link, reader->line_break, reader->reading,
                           reader->item, reader->pre, reader->ordered, reader->division};
    int fine = tags > 0 && tags <= MOST_TAGS;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        fine &= special[i] >= 0 && special[i] < tags;
    if (!fine) {
        PyErr_SetString(PyExc_ValueError, "too many tags, or one that is not among them");
        goto done;
    }
    const uint8_t *columns = take_buffer(&held, flags, 3 * tags, 1, 0);
    const int64_t *own = columns ? take_buffer(&held, bits, tags, sizeof(int64_t), 0) : NULL;
    if (!own || put_names(reader, numbers) < 0 || put_roles(reader, roles) < 0 || put_stems(reader, stems) < 0)
        goto done;
    memcpy(reader->begin, columns, (size_t)tags);
    memcpy(reader->end, columns + tags, (size_t)tags);
    memcpy(reader->flags, columns + 2 * tags, (size_t)tags);
    memcpy(reader->bits, own, (size_t)tags * sizeof(int64_t));
    reader->hidden = hidden;
    reader->unseen = unseen;
    reader->asks = asks;
    reader->sold = sold;
    reader->note = note;
    reader->aside = aside;
    reader->tag_names = Py_NewRef(names);
    reader->name_bits = Py_NewRef(name_bits);
    reader->hides = Py_NewRef(hides);
    capsule = PyCapsule_New(reader, READER, free_reader);
done:
    let_go(&held);
    if (!capsule)
        drop_reader(reader);
    return capsule;
}

/* Ask Python. */
static PyObject *ask(PyObject *function, const Value *value)
{
    PyObject *text = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, value->text, value->size);
    PyObject *said = text ? PyObject_CallOneArg(function, text) : NULL;
    Py_XDECREF(text);
    return said;
}

static int holds(const Value *value, const char *word)
{
    const Py_ssize_t size = (Py_ssize_t)strlen(word);
    for (Py_ssize_t i = 0; i + size <= value->size; i++) {
        Py_ssize_t k = 0;
        while (k < size && (value->text[i + k] | 32) == (Py_UCS4)word[k])
            k++;
        if (k == size)
            return 1;
    }
    return 0;
}

ALWAYS_INLINE int is_capital(Py_UCS4 c)
{
    return c >= 'A' && c <= 'Z';
}

ALWAYS_INLINE int is_alpha(Py_UCS4 c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

int64_t said_by_name(const Reader *reader, const Value *value)
{
    const Py_UCS4 *text = value->text;
    const Py_ssize_t size = value->ascii ? value->size : 0;
    int64_t bits = 0;
    int state = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        state = reader->next[state * LETTERS + reader->letters[text[i]]];
        if (LIKELY(!reader->stop[state]))
            continue;
        for (int at = reader->found[state] >= 0 ? state : reader->shorter[state]; at; at = reader->shorter[at])
            for (int s = reader->found[at]; s >= 0; s = reader->stems[s].next) {
                const Stem *stem = &reader->stems[s];
                const Py_ssize_t start = i + 1 - stem->size;
                if (stem->begins && start && is_alpha(text[start - 1]) && !is_capital(text[start]))
                    continue;
                if (stem->ends && i + 1 < size && i + 1 < LONGEST_VALUE && is_alpha(text[i + 1]) && !is_capital(text[i + 1]))
                    continue;
                if (i < LONGEST_VALUE || stem->bit == reader->asks)
                    bits |= stem->bit;
            }
    }
    if (LIKELY(value->ascii && !(bits & reader->asks)))
        return bits;
    PyObject *said = ask(reader->name_bits, value);
    bits = said ? PyLong_AsLongLong(said) : -1;
    Py_XDECREF(said);
    return bits;
}

int64_t said_by_style(const Reader *reader, const Value *value)
{
    if (value->ascii && !holds(value, "none") && !holds(value, "hidden"))
        return 0;
    PyObject *said = ask(reader->hides, value);
    const int hides = said ? PyObject_IsTrue(said) : -1;
    Py_XDECREF(said);
    return hides < 0 ? -1 : hides ? reader->hidden : 0;
}

int64_t said_by_role(const Reader *reader, const Value *value)
{
    for (int i = 0; i < reader->roles; i++) {
        Py_ssize_t k = 0;
        while (k < value->size && k < NAME_SIZE && reader->role[i][k] && value->text[k] == (Py_UCS4)reader->role[i][k])
            k++;
        if (k == value->size && k < NAME_SIZE && !reader->role[i][k])
            return reader->role_bits[i];
    }
    return 0;
}
