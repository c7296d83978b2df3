/* Looking many phrases up in many lines: what cleaner.rules asks of a set, of heads of lines and of an automaton.
 *
 * A filter tells of most lines that none of its keys is there; where it says otherwise, Python looks. A finder finds. */
#include "native.h"

static uint64_t add_to_hash(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static uint64_t hash_bytes(const char *text, Py_ssize_t size)
{
    uint64_t hash = (uint64_t)size, value;
    for (; size >= 8; size -= 8, text += 8) {
        memcpy(&value, text, 8);
        hash = add_to_hash(hash, value);
    }
    value = 0;
    memcpy(&value, text, (size_t)size);
    return add_to_hash(hash, value);
}

/* ---- filters ---- */

enum { SIZES = 256 };
typedef struct {
    int most; /* characters of a key that are looked at; 0: all of it, and it is bytes */
    uint8_t sizes[SIZES + 1]; /* which sizes keys have, the last for all that are larger */
    int shortest;             /* of the beginnings of keys so many characters stand in `begins` */
    uint64_t mask, *bits;     /* three bits of one word for each key */
    uint64_t begins[1 << 10];
} Filter;

static const char FILTER[] = "cleaner.native.filter";

static void free_filter(PyObject *capsule)
{
    Filter *filter = PyCapsule_GetPointer(capsule, FILTER);
    if (filter) {
        PyMem_Free(filter->bits);
        PyMem_Free(filter);
    }
}

ALWAYS_INLINE uint64_t *word_of(const Filter *filter, uint64_t hash)
{
    return &filter->bits[hash >> 12 & filter->mask];
}

static void put(Filter *filter, uint64_t hash)
{
    *word_of(filter, hash) |= (uint64_t)1 << (hash & 63) | (uint64_t)1 << (hash >> 6 & 63) | (uint64_t)1 << (hash >> 58);
}

ALWAYS_INLINE int may_hold(const Filter *filter, uint64_t hash)
{
    const uint64_t word = *word_of(filter, hash);
    return (int)(word >> (hash & 63) & word >> (hash >> 6 & 63) & word >> (hash >> 58) & 1);
}

ALWAYS_INLINE int has_size(const Filter *filter, Py_ssize_t size)
{
    return filter->sizes[size < SIZES ? size : SIZES];
}

/* Hashes of a key's first characters. */
ALWAYS_INLINE int begins_so(const Filter *filter, uint64_t hash)
{
    return (int)(filter->begins[hash >> 6 & 1023] >> (hash & 63) & 1);
}

static uint64_t hash_characters(PyObject *text, Py_ssize_t size)
{
    uint64_t hash = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        hash = add_to_hash(hash, PyUnicode_READ_CHAR(text, i));
    return hash;
}

/* Put the first characters of keys, as many as the shortest has, into `begins`. */
static int put_beginnings(Filter *filter, PyObject *keys)
{
    PyObject *iterator = PyObject_GetIter(keys), *item;
    while (iterator && (item = PyIter_Next(iterator))) {
        const uint64_t hash = hash_characters(item, filter->shortest);
        filter->begins[hash >> 6 & 1023] |= (uint64_t)1 << (hash & 63);
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    return PyErr_Occurred() ? -1 : 0;
}

/* make_filter(keys, most): of keys that are bytes if `most` is 0; otherwise of the first so many characters of strings. */
PyObject *native_make_filter(PyObject *module, PyObject *args)
{
    PyObject *keys, *item, *capsule = NULL;
    int most;
    if (!PyArg_ParseTuple(args, "Oi", &keys, &most))
        return NULL;
    const Py_ssize_t count = PyObject_Length(keys);
    PyObject *iterator = count < 0 ? NULL : PyObject_GetIter(keys);
    if (!iterator)
        return NULL;
    Filter *filter = PyMem_Calloc(1, sizeof *filter);
    uint64_t bits = 1024;
    while (bits < 16 * (uint64_t)count && bits < (uint64_t)1 << 32)
        bits *= 2;
    if (!filter || !(filter->bits = PyMem_Calloc(bits / 64, sizeof *filter->bits))) {
        PyMem_Free(filter);
        Py_DECREF(iterator);
        return PyErr_NoMemory();
    }
    filter->most = most;
    filter->mask = bits / 64 - 1;
    filter->shortest = most;
    if (!(capsule = PyCapsule_New(filter, FILTER, free_filter))) {
        PyMem_Free(filter->bits);
        PyMem_Free(filter);
        Py_DECREF(iterator);
        return NULL;
    }
    while ((item = PyIter_Next(iterator))) {
        int fine = most ? is_text(item) : PyBytes_Check(item);
        if (fine) {
            Py_ssize_t size = most ? PyUnicode_GET_LENGTH(item) : PyBytes_GET_SIZE(item);
            size = most && size > most ? most : size;
            put(filter, most ? hash_characters(item, size) : hash_bytes(PyBytes_AS_STRING(item), size));
            filter->sizes[size < SIZES ? size : SIZES] = 1;
            filter->shortest = size < filter->shortest ? (int)size : filter->shortest;
        }
        Py_DECREF(item);
        if (!fine) {
            PyErr_SetString(PyExc_TypeError, "a key of the wrong kind");
            break;
        }
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred() || (most && put_beginnings(filter, keys) < 0))
        Py_CLEAR(capsule);
    return capsule;
}

/* may_be(filter, joined) -> numbers of the lines of `joined` that may be keys. */
PyObject *native_may_be(PyObject *module, PyObject *args)
{
    PyObject *capsule, *out;
    const char *text;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "Oy#", &capsule, &text, &size))
        return NULL;
    const Filter *filter = PyCapsule_GetPointer(capsule, FILTER);
    if (!filter || !(out = PyList_New(0)))
        return NULL;
    enum { MANY = 32 }; /* are looked up together, as the filter is large and far away */
    struct {
        uint64_t hash;
        Py_ssize_t line;
    } ask[MANY];
    const char *end = text + size;
    for (Py_ssize_t line = 0; text <= end;) {
        int asked = 0;
        for (; asked < MANY && text <= end; line++) {
            const char *stop = memchr(text, '\n', (size_t)(end - text));
            const Py_ssize_t length = (stop ? stop : end) - text;
            if (has_size(filter, length)) {
                ask[asked].hash = hash_bytes(text, length);
                ask[asked].line = line;
                SOON(word_of(filter, ask[asked++].hash));
            }
            text += length + 1;
        }
        for (int i = 0; i < asked; i++)
            if (may_hold(filter, ask[i].hash) && append_number(out, ask[i].line) < 0) {
                Py_DECREF(out);
                return NULL;
            }
    }
    return out;
}

ALWAYS_INLINE int is_digit(Py_UCS4 c)
{
    return c - '0' < 10;
}

/* A line with a nought for each number, or the line itself: lookup.with_noughts. */
static PyObject *with_noughts(PyObject *line)
{
    const int kind = PyUnicode_KIND(line);
    const void *data = PyUnicode_DATA(line);
    const Py_ssize_t size = PyUnicode_GET_LENGTH(line);
    Py_ssize_t left = 0, to = 0;
    int same = 1, before = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        const int digit = is_digit(c);
        left += !(digit && before);
        same &= !digit || (c == '0' && !before);
        before = digit;
    }
    PyObject *out = same ? Py_NewRef(line) : PyUnicode_New(left, PyUnicode_MAX_CHAR_VALUE(line));
    for (Py_ssize_t i = before = 0; !same && out && i < size; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        const int digit = is_digit(c);
        if (!(digit && before))
            PyUnicode_WRITE(kind, PyUnicode_DATA(out), to++, digit ? '0' : c);
        before = digit;
    }
    return out;
}

/* recall(known, lines, numbers) -> ({number: what is known of the line, if that is not None}, numbers of the lines of which
 * nothing is known, which have a place in the table): lookup.recall_in_python. */
PyObject *native_recall(PyObject *module, PyObject *args)
{
    PyObject *known, *lines, *numbers, *found = NULL, *others = NULL, *result = NULL;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyDict_Type, &known, &PyList_Type, &lines, &PyList_Type, &numbers))
        return NULL;
    if (!(found = PyDict_New()) || !(others = PyList_New(0)))
        goto done;
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(numbers); k++) {
        PyObject *number = PyList_GET_ITEM(numbers, k);
        const Py_ssize_t line = PyLong_AsSsize_t(number);
        if (line < 0 || line >= PyList_GET_SIZE(lines)) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_IndexError, "a line that is not there");
            goto done;
        }
        PyObject *key = is_text(PyList_GET_ITEM(lines, line)) ? with_noughts(PyList_GET_ITEM(lines, line)) : NULL;
        PyObject *what = key ? PyDict_GetItemWithError(known, key) : NULL;
        Py_XDECREF(key);
        if (!what && (!key || PyErr_Occurred())) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_TypeError, "a line that is no text");
            goto done;
        }
        if (what == Py_None)
            continue;
        if (PyDict_SetItem(found, number, what ? what : number) < 0 || (!what && PyList_Append(others, number) < 0))
            goto done;
    }
    result = PyTuple_Pack(2, found, others);
done:
    Py_XDECREF(found);
    Py_XDECREF(others);
    return result;
}

/* slots.first_letter: a letter, or a number that is no digit. */
ALWAYS_INLINE int is_letter(Py_UCS4 c)
{
    if (c < 128)
        return (c | 32) >= 'a' && (c | 32) <= 'z';
    return Py_UNICODE_ISALPHA(c) || (Py_UNICODE_ISALNUM(c) && !Py_UNICODE_ISDECIMAL(c));
}

/* Whether a line may begin, from the first letter on, with a key. */
ALWAYS_INLINE int line_may_start(const Filter *filter, PyObject *text)
{
    const int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Py_ssize_t at = 0;
    while (at < length && !is_letter(PyUnicode_READ(kind, data, at)))
        at++;
    uint64_t hash = 0;
    for (Py_ssize_t i = 1; i <= filter->most && at + i <= length; i++) {
        hash = add_to_hash(hash, PyUnicode_READ(kind, data, at + i - 1));
        if (i == filter->shortest && !begins_so(filter, hash))
            return 0;
        if (i >= filter->shortest && has_size(filter, i) && may_hold(filter, hash))
            return 1;
    }
    return 0;
}

/* ---- finders ---- */

/* Keywords are found by their first eight bytes, shorter ones by their first four; yet shorter ones are rare. */
enum { GRAM = 4, LONG_GRAM = 8 };
typedef struct {
    uint32_t next; /* of the same slot; 0 for none */
    int32_t size;
    uint32_t start;
} Keyword;

typedef struct {
    uint32_t count, mask, short_mask;
    uint64_t bits[1 << 10], deep[1 << 10]; /* which hashes of four bytes, and of eight, keywords begin with */
    uint32_t *slots, *short_slots; /* of those of eight bytes and more, of those of four to seven */
    Keyword *words; /* from 1 on; longer ones stand before shorter ones in a slot */
    char *text;
    uint32_t brief; /* those shorter than four */
} Finder;

static const char FINDER[] = "cleaner.native.finder";

static void drop_finder(Finder *finder)
{
    if (finder) {
        PyMem_Free(finder->slots);
        PyMem_Free(finder->short_slots);
        PyMem_Free(finder->words);
        PyMem_Free(finder->text);
        PyMem_Free(finder);
    }
}

static void free_finder(PyObject *capsule)
{
    drop_finder(PyCapsule_GetPointer(capsule, FINDER));
}

ALWAYS_INLINE uint32_t gram_at(const char *text)
{
    uint32_t gram;
    memcpy(&gram, text, GRAM);
    return gram * UINT32_C(0x9E3779B1);
}

ALWAYS_INLINE uint64_t long_gram_at(const char *text)
{
    uint64_t gram;
    memcpy(&gram, text, LONG_GRAM);
    return gram * UINT64_C(0x9E3779B97F4A7C15);
}

ALWAYS_INLINE uint32_t *slot_of(const Finder *finder, uint32_t gram)
{
    return &finder->short_slots[gram >> 8 & finder->short_mask];
}

ALWAYS_INLINE uint32_t *slot_of_long(const Finder *finder, uint64_t gram)
{
    return &finder->slots[gram >> 32 & finder->mask];
}

/* The first keyword of eight bytes and more that may begin at a place; 0 for none. */
ALWAYS_INLINE uint32_t first_long(const Finder *finder, const char *text, Py_ssize_t left)
{
    if (left < LONG_GRAM)
        return 0;
    const uint64_t gram = long_gram_at(text);
    return finder->deep[gram >> 54] >> (gram >> 48 & 63) & 1 ? *slot_of_long(finder, gram) : 0;
}

/* make_finder(list of bytes): finds them by their numbers in the list. */
PyObject *native_make_finder(PyObject *module, PyObject *keywords)
{
    if (!PyList_Check(keywords)) {
        PyErr_SetString(PyExc_TypeError, "a list is expected");
        return NULL;
    }
    const Py_ssize_t count = PyList_GET_SIZE(keywords);
    Py_ssize_t size = 0, few = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *word = PyList_GET_ITEM(keywords, i);
        if (!PyBytes_Check(word) || !PyBytes_GET_SIZE(word) || PyBytes_GET_SIZE(word) > 1 << 20) {
            PyErr_SetString(PyExc_ValueError, "keywords are bytes, and not empty");
            return NULL;
        }
        size += PyBytes_GET_SIZE(word);
        few += PyBytes_GET_SIZE(word) < LONG_GRAM;
    }
    Finder *finder = PyMem_Calloc(1, sizeof *finder);
    uint32_t slots = 64, short_slots = 64;
    while (slots < 2 * (uint64_t)count && slots < UINT32_C(1) << 24)
        slots *= 2;
    while (short_slots < 4 * (uint64_t)few && short_slots < UINT32_C(1) << 24)
        short_slots *= 2;
    if (!finder || count > 1 << 24 || size > UINT32_MAX / 2 || !(finder->slots = PyMem_Calloc(slots, sizeof(uint32_t))) ||
        !(finder->short_slots = PyMem_Calloc(short_slots, sizeof(uint32_t))) ||
        !(finder->words = PyMem_Calloc((size_t)count + 1, sizeof(Keyword))) || !(finder->text = PyMem_Malloc((size_t)size + 1))) {
        drop_finder(finder);
        return PyErr_NoMemory();
    }
    finder->count = (uint32_t)count;
    finder->mask = slots - 1;
    finder->short_mask = short_slots - 1;
    size = 0;
    for (uint32_t i = 1; i <= finder->count; i++) {
        PyObject *word = PyList_GET_ITEM(keywords, i - 1);
        Keyword *to = &finder->words[i];
        const char *text = finder->text + size;
        to->start = (uint32_t)size;
        to->size = (int32_t)PyBytes_GET_SIZE(word);
        memcpy(finder->text + size, PyBytes_AS_STRING(word), (size_t)to->size);
        size += to->size;
        uint32_t *slot = &finder->brief;
        if (to->size >= GRAM) {
            const uint32_t gram = gram_at(text);
            finder->bits[gram >> 22] |= (uint64_t)1 << (gram >> 16 & 63);
            slot = slot_of(finder, gram);
        }
        if (to->size >= LONG_GRAM) {
            const uint64_t gram = long_gram_at(text);
            finder->deep[gram >> 54] |= (uint64_t)1 << (gram >> 48 & 63);
            slot = slot_of_long(finder, gram);
        }
        while (*slot && finder->words[*slot].size >= to->size)
            slot = &finder->words[*slot].next;
        to->next = *slot;
        *slot = i;
    }
    PyObject *capsule = PyCapsule_New(finder, FINDER, free_finder);
    if (!capsule)
        drop_finder(finder);
    return capsule;
}

ALWAYS_INLINE int starts_with(const Finder *finder, uint32_t word, const char *text, Py_ssize_t left)
{
    const Keyword *found = &finder->words[word];
    return found->size <= left && !memcmp(finder->text + found->start, text, (size_t)found->size);
}

ALWAYS_INLINE int may_begin(const Finder *finder, uint32_t gram)
{
    return (int)(finder->bits[gram >> 22] >> (gram >> 16 & 63) & 1);
}

/* The keyword that begins at a place, the longest if there are several; 0 for none. */
ALWAYS_INLINE uint32_t longest(const Finder *finder, const char *text, Py_ssize_t left)
{
    uint32_t word = 0;
    if (left >= GRAM) {
        const uint32_t gram = gram_at(text);
        if (may_begin(finder, gram)) {
            for (word = first_long(finder, text, left); word; word = finder->words[word].next)
                if (starts_with(finder, word, text, left))
                    return word;
            for (word = *slot_of(finder, gram); word; word = finder->words[word].next)
                if (starts_with(finder, word, text, left))
                    return word;
        }
    }
    for (word = finder->brief; word; word = finder->words[word].next)
        if (starts_with(finder, word, text, left))
            return word;
    return 0;
}

/* How many characters there are in so many bytes. */
static Py_ssize_t count_characters(const char *text, Py_ssize_t size)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        count += ((uint8_t)text[i] & 0xC0) != 0x80;
    return count;
}

/* ---- rows ---- */

/* What is known of a phrase: rows.Rows._look_at. */
typedef struct {
    int32_t known, letters, words, link, sure, counted;
} Fact;
enum { FACTS = sizeof(Fact) / sizeof(int32_t), LETTERS_OF_TWO = 20 };

typedef struct {
    uint32_t word;
    Py_ssize_t start;
} Hit;

typedef struct {
    const Finder *finder;
    double share;
    Fact *facts;
    PyObject *look; /* is called with the number of a phrase of which nothing is known yet */
    int row;
    Hit *hits;
    Py_ssize_t count, room;
} Rows;

/* Find the keywords of a line, one behind the other. 0 if there are not two, or if they are less than the share of the line's letters,
 * or two of them not all of it: rows.Rows._row_of; -1 with an exception set. */
static int side_by_side(Rows *r, const char *text, Py_ssize_t size)
{
    Py_ssize_t i = 0, letters = 0, covered = 0;
    for (Py_ssize_t b = 0; b < size; b++) /* each letter of ASCII is a byte */
        letters += (text[b] | 32) >= 'a' && (text[b] | 32) <= 'z';
    const Py_ssize_t least = (Py_ssize_t)(r->share * (double)letters) - 1;
    r->count = 0;
    while (i < size && covered + size - i >= least) {
        const uint32_t word = longest(r->finder, text + i, size - i);
        if (!word) {
            i++;
            continue;
        }
        if (r->count == r->room) {
            Hit *hits = PyMem_Realloc(r->hits, (size_t)(2 * r->room + 32) * sizeof *hits);
            if (!hits) {
                PyErr_NoMemory();
                return -1;
            }
            r->hits = hits;
            r->room = 2 * r->room + 32;
        }
        r->hits[r->count++] = (Hit){word, i};
        covered += r->finder->words[word].size;
        i += r->finder->words[word].size;
    }
    return r->count > 1 && (double)covered >= r->share * (double)letters && (r->count > 2 || covered >= letters);
}

static const Fact *fact_of(const Rows *r, uint32_t word)
{
    Fact *fact = &r->facts[word - 1];
    if (!fact->known) {
        PyObject *number = PyLong_FromUnsignedLong(word - 1), *done = number ? PyObject_CallOneArg(r->look, number) : NULL;
        Py_XDECREF(number);
        Py_XDECREF(done);
        if (!done)
            return NULL;
    }
    return fact;
}

/* The rule that a line is a row of, given the phrases in it: rows.Rows._row_of. -1 for none, -2 with an exception set. */
static int row_of(const Rows *r, PyObject *line, const char *text, int *is_sure)
{
    const int kind = PyUnicode_KIND(line);
    const void *data = PyUnicode_DATA(line);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(line);
    Py_ssize_t letters = 0, count = 0, size = 0, bytes = 0, at = 0, end_of_last = -1;
    int digit = 0, code = 0, link = 0, sure = -1;
    for (Py_ssize_t i = 0; i < length; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        letters += is_letter(c);
        digit |= Py_UNICODE_ISDECIMAL(c);
        code |= c == '{' || c == '}' || c == '=' || c == '`';
    }
    for (Py_ssize_t h = 0; h < r->count; h++) {
        const Hit *hit = &r->hits[h];
        const Py_ssize_t stop = hit->start + r->finder->words[hit->word].size;
        const Py_ssize_t start = at + count_characters(text + bytes, hit->start - bytes);
        const Py_ssize_t end = start + count_characters(text + hit->start, stop - hit->start);
        bytes = stop;
        at = end;
        const Fact *fact = fact_of(r, hit->word);
        if (!fact)
            return -2;
        if (fact->words == 1) { /* a single word must stand free */
            if (start != end_of_last && start && Py_UNICODE_ISALPHA(PyUnicode_READ(kind, data, start - 1)))
                continue;
            if (end < length && Py_UNICODE_ISALPHA(PyUnicode_READ(kind, data, end)) &&
                (h + 1 == r->count || r->hits[h + 1].start != stop))
                continue;
        }
        end_of_last = end;
        count++;
        size += fact->letters;
        link |= fact->link;
        if (fact->sure > sure && !(fact->counted && !digit))
            sure = fact->sure;
    }
    if (count < 2 || code)
        return -1;
    *is_sure = size == letters && sure >= 0;
    if (*is_sure)
        return sure;
    if ((count > 2 && (size == letters || (link && (double)size >= r->share * (double)letters))) ||
        (link && size == letters && letters >= LETTERS_OF_TWO))
        return r->row;
    return -1;
}

/* Whether a line could be a row by its length and its end: rows.Rows.find_among. */
ALWAYS_INLINE int may_be_row(PyObject *line, const Py_ssize_t *sizes, PyObject *ends)
{
    const Py_ssize_t length = PyUnicode_GET_LENGTH(line);
    if (length < sizes[0] || length > sizes[2])
        return 0;
    if (length <= sizes[1])
        return 1;
    const Py_UCS4 last = PyUnicode_READ_CHAR(line, length - 1);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(ends); i++)
        if (PyUnicode_READ_CHAR(ends, i) == last)
            return 0;
    return 1;
}

/* rows(finder, facts, look, share, number of the rule for a row or -1, lines, filter or None, passed over or None,
 * (shortest, short, longest), ends) -> [(line, rule, whether beyond doubt)]: rows.Rows.find. `facts` has six numbers for each
 * keyword, the first nought if nothing is known of it; then look(number of the keyword) puts them there. Left out are lines that are
 * to be passed over; those that surely begin with no key of the filter, or with a space; those that are shorter or longer than said;
 * and those that are not short and end so. */
PyObject *native_rows(PyObject *module, PyObject *args)
{
    PyObject *capsule, *facts, *lines, *starts, *passed, *ends, *out = NULL;
    Rows r = {NULL};
    Py_ssize_t sizes[3];
    Buffers held = {.count = 0};
    if (!PyArg_ParseTuple(args, "OOOdiO!OO(nnn)U", &capsule, &facts, &r.look, &r.share, &r.row, &PyList_Type, &lines, &starts, &passed,
                          &sizes[0], &sizes[1], &sizes[2], &ends))
        return NULL;
    r.finder = PyCapsule_GetPointer(capsule, FINDER);
    const Filter *filter = r.finder && starts != Py_None ? PyCapsule_GetPointer(starts, FILTER) : NULL;
    const uint8_t *over = NULL;
    if (!r.finder || PyErr_Occurred() || !(r.facts = take_buffer(&held, facts, (Py_ssize_t)r.finder->count * FACTS, sizeof(int32_t), 1)) ||
        (passed != Py_None && !(over = take_buffer(&held, passed, PyList_GET_SIZE(lines), 1, 0))) || !(out = PyList_New(0)))
        goto done;
    if (sizes[0] < 1) {
        PyErr_SetString(PyExc_ValueError, "no line is shorter than a character");
        goto done;
    }
    for (Py_ssize_t line = 0; line < PyList_GET_SIZE(lines); line++) {
        if (over && over[line])
            continue;
        PyObject *item = text_of(lines, line), *encoded = NULL;
        if (!item)
            break;
        if (!may_be_row(item, sizes, ends) || (filter && (PyUnicode_READ_CHAR(item, 0) == ' ' || !line_may_start(filter, item))))
            continue;
        if (!PyUnicode_IS_ASCII(item) && !(encoded = PyUnicode_AsEncodedString(item, "utf-8", "replace")))
            break;
        const char *text = encoded ? PyBytes_AS_STRING(encoded) : PyUnicode_DATA(item);
        const int found = side_by_side(&r, text, encoded ? PyBytes_GET_SIZE(encoded) : PyUnicode_GET_LENGTH(item));
        int sure = 0;
        const int rule = found > 0 ? row_of(&r, item, text, &sure) : -1;
        Py_XDECREF(encoded);
        PyObject *row = rule >= 0 ? Py_BuildValue("niO", line, rule, sure ? Py_True : Py_False) : NULL;
        if (row)
            PyList_Append(out, row);
        Py_XDECREF(row);
        if (PyErr_Occurred())
            break;
    }
done:
    let_go(&held);
    PyMem_Free(r.hits);
    if (PyErr_Occurred())
        Py_CLEAR(out);
    return out;
}
