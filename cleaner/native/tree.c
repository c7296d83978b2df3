/* The tree of a page from the markup that its parser writes: cleaner.read.outline.outline.
 *
 * The parser closes every tag, puts every attribute in quotes and escapes text, so that a tree can be read back in one pass.
 * Where the markup might not be that of one tree alone, it is not read. */
#include "tree.h"

enum { STRIDE = 16 };

/* An element that is open, and where its name stands in the markup. */
typedef struct {
    uint32_t name, size;
    int32_t node; /* -1: it is left out */
    uint8_t foreign;
} Open;

typedef struct {
    Open *open;
    Py_ssize_t depth, room;
    Py_ssize_t left_out;    /* the depth at which something that is left out began; 0: nothing */
    Py_ssize_t foreign, in_pre; /* how many elements of other languages are open, how many <pre> */
    int32_t inside;
} Walk;

int make_room_for(void *array, Py_ssize_t count, Py_ssize_t *room, size_t size)
{
    if (LIKELY(count < *room))
        return 0;
    const Py_ssize_t more = count < 512 ? 1024 : count + count / 2;
    void *old, *made;
    memcpy(&old, array, sizeof old);
    if (!(made = PyMem_RawRealloc(old, (size_t)more * size)))
        return -1;
    memcpy(array, &made, sizeof made);
    *room = more;
    return 0;
}

void drop_tree(Tree *tree)
{
    PyMem_RawFree(tree->tag);
    PyMem_RawFree(tree->parent);
    PyMem_RawFree(tree->end);
    PyMem_RawFree(tree->from);
    PyMem_RawFree(tree->pieces);
    tree->tag = tree->parent = tree->end = NULL;
    tree->from = NULL;
    tree->pieces = NULL;
}

static int add_node(Tree *tree, int tag, int32_t parent, Py_ssize_t from)
{
    const Py_ssize_t n = tree->nodes;
    if (n == tree->room) {
        Py_ssize_t room[4] = {n, n, n, n};
        if (make_room_for(&tree->tag, n, &room[0], sizeof(int32_t)) < 0 || make_room_for(&tree->parent, n, &room[1], sizeof(int32_t)) < 0 ||
            make_room_for(&tree->end, n, &room[2], sizeof(int32_t)) < 0 || make_room_for(&tree->from, n, &room[3], sizeof(uint32_t)) < 0)
            return -1;
        tree->room = room[0];
    }
    tree->tag[n] = tag;
    tree->parent[n] = parent;
    tree->end[n] = (int32_t)n + 1;
    tree->from[n] = (uint32_t)from;
    tree->nodes++;
    return 0;
}

/* The next place of a character, or the markup's end. */
ALWAYS_INLINE Py_ssize_t find(const void *data, int kind, Py_ssize_t i, Py_ssize_t size, char wanted)
{
    if (kind == PyUnicode_1BYTE_KIND) {
        const char *from = data, *found = i < size ? memchr(from + i, wanted, (size_t)(size - i)) : NULL;
        return found ? found - from : size;
    }
    for (; i + STRIDE <= size; i += STRIDE) { /* so many at once */
        uint16_t any = 0;
        for (int k = 0; k < STRIDE; k++)
            any |= (uint16_t)(PyUnicode_READ(kind, data, i + k) == (Py_UCS4)wanted);
        if (any)
            break;
    }
    while (i < size && PyUnicode_READ(kind, data, i) != (Py_UCS4)wanted)
        i++;
    return i;
}

/* Whether these characters stand there, whatever the case of letters if `word` is in small ones. */
ALWAYS_INLINE int stands(const void *data, int kind, Py_ssize_t i, Py_ssize_t size, const char *word, int any_case)
{
    for (; *word; word++, i++) {
        const Py_UCS4 c = i < size ? PyUnicode_READ(kind, data, i) : 0;
        if (c != (Py_UCS4)*word && !(any_case && c >= 'A' && c <= 'Z' && (c | 32) == (Py_UCS4)*word))
            return 0;
    }
    return 1;
}

/* Whether a tag's name ends here. */
ALWAYS_INLINE int ends_name(const void *data, int kind, Py_ssize_t i, Py_ssize_t size)
{
    const Py_UCS4 c = i < size ? PyUnicode_READ(kind, data, i) : 0;
    return c == '>' || c == '/' || c == ' ' || (c >= 9 && c <= 13 && c != 11);
}

/* Where the end tag of an element stands whose text is not escaped, as the standard's tokenizer finds it; `size` if nowhere. */
ALWAYS_INLINE Py_ssize_t raw_end(const void *data, int kind, Py_ssize_t i, Py_ssize_t size, const char *name, Py_ssize_t name_size)
{
    const int script = !strcmp(name, "script");
    int escaped = 0; /* 1: in <!-- of a script; 2: in a <script> in that */
    Py_ssize_t dashes = i;
    for (;; i++) {
        const Py_ssize_t next = find(data, kind, i, size, '<');
        while (escaped) { /* --> may end it before that */
            dashes = find(data, kind, dashes, next, '>');
            if (dashes >= next)
                break;
            if (PyUnicode_READ(kind, data, dashes - 1) == '-' && PyUnicode_READ(kind, data, dashes - 2) == '-')
                escaped = 0;
            dashes++;
        }
        i = next;
        if (i >= size)
            return size;
        if (PyUnicode_READ(kind, data, i + 1) == '/') {
            if (stands(data, kind, i + 2, size, name, 1) && ends_name(data, kind, i + 2 + name_size, size)) {
                if (escaped < 2)
                    return i;
                escaped = 1;
            }
        } else if (script && !escaped && stands(data, kind, i + 1, size, "!--", 0)) {
            escaped = 1;
            dashes = i + 4; /* <!--> ends at once */
        } else if (escaped == 1 && stands(data, kind, i + 1, size, "script", 1) && ends_name(data, kind, i + 7, size)) {
            escaped = 2;
        }
    }
}

/* How much of the markup the escape at an & takes; 0 if it is none that the parser would have written. */
ALWAYS_INLINE int escape_size(const void *data, int kind, Py_ssize_t i, Py_ssize_t stop)
{
    switch (i + 1 < stop ? PyUnicode_READ(kind, data, i + 1) : 0) {
    case 'a':
        return stands(data, kind, i + 2, stop, "mp;", 0) ? 5 : 0;
    case 'l':
    case 'g':
        return stands(data, kind, i + 2, stop, "t;", 0) ? 4 : 0;
    case 'n':
        return stands(data, kind, i + 2, stop, "bsp;", 0) ? 6 : 0;
    case 'q':
        return stands(data, kind, i + 2, stop, "uot;", 0) ? 6 : 0;
    default:
        return 0;
    }
}

/* Text between two tags: 0 if it holds an & that the parser would not have written. */
ALWAYS_INLINE int add_text(const Reader *reader, Tree *tree, const Walk *walk, const int kind, Py_ssize_t start, Py_ssize_t stop)
{
    const void *data = tree->data;
    Py_ssize_t first = start, last = stop, length = stop - start;
    int size;
    for (Py_ssize_t i = start; i < stop; i += size) {
        if (PyUnicode_READ(kind, data, i) != '&' && (i = find(data, kind, i, stop, '&')) >= stop)
            break;
        if (!(size = escape_size(data, kind, i, stop)))
            return 0;
        length -= size - 1;
    }
    for (; first < stop && is_blank(character(data, kind, first, &size)); length--)
        first += size;
    if (first >= stop && !walk->in_pre) {
        if (tree->count) {
            Piece *before = &tree->pieces[tree->count - 1];
            before->tail |= PyUnicode_READ(kind, data, before->stop - 1) != ' ';
        }
        return 1;
    }
    for (; last > first; length--) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, last - 1);
        if (c == ';' && last - 6 >= first && stands(data, kind, last - 6, stop, "&nbsp;", 0))
            last -= 6;
        else if (is_blank(c))
            last--;
        else
            break;
    }
    if (make_room_for(&tree->pieces, tree->count, &tree->pieces_room, sizeof(Piece)) < 0)
        return -1;
    tree->pieces[tree->count++] = (Piece){(uint32_t)start, (uint32_t)stop, (int32_t)tree->nodes, (int32_t)length, 0};
    return add_node(tree, reader->text, walk->inside, start) < 0 ? -1 : 1;
}

/* Past a start tag's attributes, whose values are in quotes; -1 if they are not. */
ALWAYS_INLINE Py_ssize_t past_attributes(const void *data, int kind, Py_ssize_t i, Py_ssize_t size)
{
    while (PyUnicode_READ(kind, data, i) == ' ') {
        for (i += 2; i < size; i++) { /* a name's first character may be = */
            const Py_UCS4 c = PyUnicode_READ(kind, data, i);
            if (c == '=')
                break;
            if (c == ' ' || c == '>')
                return -1;
        }
        if (i + 1 >= size || PyUnicode_READ(kind, data, i + 1) != '"')
            return -1;
        i = find(data, kind, i + 2, size, '"') + 1;
        if (i >= size)
            return -1;
    }
    return PyUnicode_READ(kind, data, i) == '>' ? i + 1 : -1;
}

/* A start tag at `at`: where to go on, 0 if it cannot be read, -1 if there is no memory. */
ALWAYS_INLINE Py_ssize_t start_tag(const Reader *reader, Tree *tree, Walk *walk, const int kind, Py_ssize_t at)
{
    const void *data = tree->data;
    const Py_ssize_t size = tree->size, from = at + 1;
    char name[NAME_SIZE] = {0};
    Py_ssize_t i = from;
    for (; i < size; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c == ' ' || c == '>')
            break;
        if (i - from < NAME_SIZE - 1)
            name[i - from] = c < 128 ? (char)c : '?';
    }
    const Py_ssize_t name_size = i - from, attributes = i;
    if (!name_size || i >= size || (i = past_attributes(data, kind, i, size)) < 0)
        return 0;
    const TagName *tag = name_size < NAME_SIZE ? find_tag(reader, name) : NULL;
    const int written = tag ? tag->kind : PLAIN, number = tag ? tag->number : 0;
    if (written == UNREADABLE)
        return 0;
    int32_t node = -1;
    if (!walk->left_out && number >= 0) {
        if (number == reader->reading) /* brackets are put around these: rare, and left to Python */
            return 0;
        node = (int32_t)tree->nodes;
        if (add_node(tree, number, walk->inside, attributes) < 0)
            return -1;
    }
    if (written == RAW) {
        Py_ssize_t end;
        if (walk->foreign) { /* of another language: it may hold elements, and its text is not escaped all the same */
            end = find(data, kind, i, size, '<');
            tree->doubt |= !strcmp(name, "style") ? 1 : !strcmp(name, "script") ? 2 : 4;
        } else {
            end = raw_end(data, kind, i, size, name, name_size);
        }
        if (!stands(data, kind, end, size, "</", 0) || !stands(data, kind, end + 2, size, name, 0) ||
            !stands(data, kind, end + 2 + name_size, size, ">", 0))
            return 0;
        return end + 3 + name_size;
    }
    if (written == EMPTY) {
        if (!walk->foreign || !stands(data, kind, i, size, "</", 0) || !stands(data, kind, i + 2, size, name, 0) ||
            !stands(data, kind, i + 2 + name_size, size, ">", 0))
            return i;
        return i + 3 + name_size;
    }
    if (make_room_for(&walk->open, walk->depth, &walk->room, sizeof(Open)) < 0)
        return -1;
    walk->open[walk->depth++] = (Open){(uint32_t)from, (uint32_t)name_size, node, written == FOREIGN};
    walk->foreign += written == FOREIGN;
    if (node >= 0) {
        walk->inside = node;
        walk->in_pre += number == reader->pre;
    } else if (!walk->left_out) {
        walk->left_out = walk->depth;
    }
    return i;
}

/* An end tag at `at`, which must be that of the element that is open: where to go on, or 0. */
ALWAYS_INLINE Py_ssize_t end_tag(const Reader *reader, Tree *tree, Walk *walk, const int kind, Py_ssize_t at)
{
    const void *data = tree->data;
    if (!walk->depth)
        return 0;
    const Open *open = &walk->open[walk->depth - 1];
    const Py_ssize_t size = open->size;
    if (at + 2 + size >= tree->size || PyUnicode_READ(kind, data, at + 2 + size) != '>' ||
        memcmp((const char *)data + (at + 2) * kind, (const char *)data + (Py_ssize_t)open->name * kind, (size_t)(size * kind)))
        return 0;
    walk->foreign -= open->foreign;
    if (open->node >= 0) {
        tree->end[open->node] = (int32_t)tree->nodes;
        walk->in_pre -= tree->tag[open->node] == reader->pre;
        walk->inside = tree->parent[open->node];
    } else if (walk->left_out == walk->depth) {
        walk->left_out = 0;
    }
    walk->depth--;
    return at + 3 + size;
}

ALWAYS_INLINE int read_body(const Reader *reader, Tree *tree, Walk *walk, const int kind)
{
    const void *data = tree->data;
    const Py_ssize_t size = tree->size;
    for (Py_ssize_t i = 0; i < size;) {
        Py_ssize_t next;
        if (PyUnicode_READ(kind, data, i) != '<') {
            next = find(data, kind, i, size, '<');
            const int read = walk->left_out ? 1 : add_text(reader, tree, walk, kind, i, next);
            if (read < 1)
                return read;
            i = next;
            continue;
        }
        const Py_UCS4 c = PyUnicode_READ(kind, data, i + 1);
        if (c == '/') {
            next = end_tag(reader, tree, walk, kind, i);
        } else if (c == '!') {
            if (!stands(data, kind, i + 2, size, "--", 0))
                return 0;
            for (next = i + 6; next < size; next++) { /* what is in it holds no --> */
                next = find(data, kind, next, size, '>');
                if (next < size && PyUnicode_READ(kind, data, next - 1) == '-' && PyUnicode_READ(kind, data, next - 2) == '-')
                    break;
            }
            next = next < size ? next + 1 : 0;
        } else if (c == '?') {
            next = find(data, kind, i, size, '>');
            next = next < size ? next + 1 : 0;
        } else {
            next = start_tag(reader, tree, walk, kind, i);
        }
        if (next <= 0)
            return (int)next;
        i = next;
    }
    return !walk->depth;
}

static int read_1(const Reader *reader, Tree *tree, Walk *walk)
{
    return read_body(reader, tree, walk, PyUnicode_1BYTE_KIND);
}

static int read_2(const Reader *reader, Tree *tree, Walk *walk)
{
    return read_body(reader, tree, walk, PyUnicode_2BYTE_KIND);
}

static int read_4(const Reader *reader, Tree *tree, Walk *walk)
{
    return read_body(reader, tree, walk, PyUnicode_4BYTE_KIND);
}

int read_tree(const Reader *reader, Tree *tree)
{
    Walk walk = {0};
    if (tree->size > INT32_MAX)
        return 0;
    if (add_node(tree, 0, 0, 0) < 0)
        return -1;
    int read = tree->kind == PyUnicode_1BYTE_KIND   ? read_1(reader, tree, &walk)
               : tree->kind == PyUnicode_2BYTE_KIND ? read_2(reader, tree, &walk)
                                                    : read_4(reader, tree, &walk);
    PyMem_RawFree(walk.open);
    tree->end[0] = (int32_t)tree->nodes;
    return read;
}
