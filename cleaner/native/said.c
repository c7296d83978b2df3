/* What elements say of themselves, and what holds of all in them: cleaner.read.said. */
#include "tree.h"

int no_memory(void)
{
    PyErr_NoMemory();
    return -1;
}

static int take_value(Work *w, Py_ssize_t start, Py_ssize_t stop)
{
    Value *value = &w->value;
    if (stop - start > value->room) {
        Py_UCS4 *made = PyMem_RawRealloc(value->text, (size_t)(stop - start) * sizeof(Py_UCS4));
        if (!made)
            return no_memory();
        value->text = made;
        value->room = stop - start;
    }
    value->size = 0;
    Py_UCS4 all = 0;
    int size;
    for (Py_ssize_t i = start; i < stop; i += size)
        all |= value->text[value->size++] = character(w->tree.data, w->tree.kind, i, &size);
    value->ascii = all < 128;
    return 0;
}

static int is_value(const Value *value, const char *text)
{
    const Py_ssize_t size = (Py_ssize_t)strlen(text);
    if (value->size != size)
        return 0;
    for (Py_ssize_t i = 0; i < size; i++)
        if (value->text[i] != (Py_UCS4)text[i])
            return 0;
    return 1;
}

/* The next attribute behind `*at`: its name, and its value from `*start` to `*stop`; 0 if there is none. */
static int next_attribute(const Tree *tree, Py_ssize_t *at, char *name, Py_ssize_t *start, Py_ssize_t *stop)
{
    Py_ssize_t i = *at, size = 0;
    if (PyUnicode_READ(tree->kind, tree->data, i) != ' ')
        return 0;
    for (i++; !size || PyUnicode_READ(tree->kind, tree->data, i) != '='; i++) {
        const Py_UCS4 c = PyUnicode_READ(tree->kind, tree->data, i);
        if (size < NAME_SIZE - 1)
            name[size] = c < 128 ? (char)c : '?';
        size++;
    }
    name[size < NAME_SIZE ? size : 0] = 0; /* a longer one is none that matters */
    i += 2;
    *start = i;
    if (tree->kind == PyUnicode_1BYTE_KIND) {
        const char *data = tree->data;
        i = (const char *)memchr(data + i, '"', (size_t)(tree->size - i)) - data;
    }
    while (PyUnicode_READ(tree->kind, tree->data, i) != '"')
        i++;
    *stop = i;
    *at = i + 1;
    return 1;
}

/* What a class or an id says. */
static int64_t say_name(Work *w, Py_ssize_t start, Py_ssize_t stop)
{
    const int kind = w->tree.kind;
    const char *data = (const char *)w->tree.data + start * kind;
    const size_t size = (size_t)((stop - start) * kind), part = size < 8 ? size : 8;
    uint64_t first = 0, last = 0;
    memcpy(&first, data, part);
    memcpy(&last, data + size - part, part);
    const uint64_t hash = (first ^ (last * UINT64_C(0xD6E8FEB86659FD93) + size)) * UINT64_C(0x9E3779B97F4A7C15);
    Said *said = &w->remembered[hash >> 56];
    if (said->size == stop - start && !memcmp((const char *)w->tree.data + said->start * kind, data, size))
        return said->bits;
    if (take_value(w, start, stop) < 0)
        return -1;
    const int64_t bits = said_by_name(w->reader, &w->value);
    *said = (Said){start, stop - start, bits};
    return bits;
}

/* What an element's attributes say: said.said. -1 with an exception set. */
static int64_t said(Work *w, Py_ssize_t at, int64_t tag, int block)
{
    char name[NAME_SIZE];
    Py_ssize_t start, stop;
    int64_t bits = 0, unheard = 0;
    while (next_attribute(&w->tree, &at, name, &start, &stop)) {
        int64_t found = 0;
        int which = 0;
        if (name[0] == 'c' || name[0] == 'i')
            which = !strcmp(name, "class") || (block && !strcmp(name, "id")) ? 1 : 0;
        else if (name[0] == 's' || name[0] == 'h')
            which = !strcmp(name, "style") ? 2 : !strcmp(name, "hidden") ? 3 : 0;
        else if (name[0] == 'a' || name[0] == 'r')
            which = !strcmp(name, "aria-hidden") ? 4 : !strcmp(name, "role") ? 5 : 0;
        if (!which)
            continue;
        if (which > 1 && take_value(w, start, stop) < 0)
            return -1;
        if (which == 1 && stop > start)
            found = say_name(w, start, stop);
        else if (which == 2 && w->value.size)
            found = said_by_style(w->reader, &w->value);
        else if (which == 3 && !is_value(&w->value, "until-found"))
            found = w->reader->hidden;
        else if (which == 4 && is_value(&w->value, "true"))
            unheard = w->reader->hidden;
        else if (which == 5)
            found = said_by_role(w->reader, &w->value);
        if (found < 0)
            return -1;
        bits |= found;
    }
    return ((tag | bits) & w->reader->sold) == w->reader->sold ? bits : bits | unheard;
}

int know_nodes(Work *w, int64_t root_bits)
{
    const Reader *r = w->reader;
    const Tree *t = &w->tree;
    uint8_t *is = w->is;
    for (Py_ssize_t k = 0; k < t->count; k++)
        for (int32_t at = t->pieces[k].node; t->pieces[k].length && !(is[t->parent[at]] & HELD);) {
            at = t->parent[at];
            is[at] |= HELD;
        }
    is[0] |= HELD | IS_BLOCK;
    w->own[0] = root_bits;
    for (Py_ssize_t i = 1; i < t->nodes; i++) {
        const int tag = t->tag[i], flags = r->flags[tag], above = is[t->parent[i]];
        uint8_t now = above & (IN_LINK | IN_BOLD | IN_PRE | IN_LIST | IN_UNSEEN);
        if (flags & LIST)
            now |= (above & IN_LIST) ? INNER_LIST : IN_LIST;
        now |= (tag == r->link ? IN_LINK : 0) | (flags & BOLD ? IN_BOLD : 0) | (tag == r->pre ? IN_PRE : 0);
        now |= flags & BLOCK ? IS_BLOCK : 0;
        w->own[i] = r->bits[tag];
        if (is[i] & HELD) {
            const int64_t bits = said(w, t->from[i], r->bits[tag], flags & BLOCK);
            if (bits < 0)
                return -1;
            if (flags & BLOCK) {
                w->own[i] |= bits;
                if (bits & r->note) {
                    if (r->bits[tag] & r->aside)
                        w->tree.tag[i] = r->division;
                    w->own[i] &= ~(r->note | r->aside);
                }
            } else if (bits & r->hidden && !(now & IN_UNSEEN)) {
                if (make_room_for(&w->hidden, w->hidden_count, &w->hidden_room, sizeof(Line)) < 0)
                    return no_memory();
                w->hidden[w->hidden_count++] = (Line){.where = (int32_t)i, .parted = LINES};
                now |= IN_UNSEEN;
            }
        }
        is[i] |= now;
    }
    return 0;
}

int find_value(Work *w, Py_ssize_t node, const char *wanted)
{
    char name[NAME_SIZE];
    Py_ssize_t at = w->tree.from[node], start, stop;
    while (next_attribute(&w->tree, &at, name, &start, &stop))
        if (!strcmp(name, wanted))
            return take_value(w, start, stop) < 0 ? -1 : 1;
    return 0;
}
