/* From a page's tree to its lines and what the markup says of each: cleaner.read.lines.lines_of. */
#include "tree.h"

enum { LONGEST_ROW = 200 };

/* ---- text ---- */

/* Room for so many more characters; -1 with an exception set. */
static int reserve(Scratch *to, int kind, Py_ssize_t more)
{
    if (to->size + more <= to->room)
        return 0;
    const Py_ssize_t room = 2 * (to->size + more) + 256;
    char *made = PyMem_RawRealloc(to->text, (size_t)room * (size_t)kind);
    if (!made)
        return no_memory();
    to->text = made;
    to->room = room;
    return 0;
}

ALWAYS_INLINE void put(Scratch *to, int kind, Py_UCS4 c)
{
    PyUnicode_WRITE(kind, to->text, to->size, c);
    to->size++;
}

/* Some pieces of text, one space wherever there is any: " ".join("".join(pieces).split()). */
ALWAYS_INLINE int join_body(Work *w, Py_ssize_t first, Py_ssize_t stop, int hidden, const int kind)
{
    Scratch *to = &w->scratch;
    int space = 0, size;
    to->size = 0;
    for (Py_ssize_t k = first; k < stop; k++) {
        const Piece *piece = &w->tree.pieces[k];
        if (w->gone[k] && !hidden)
            continue;
        if (reserve(to, kind, (Py_ssize_t)piece->stop - piece->start + 1) < 0)
            return -1;
        for (Py_ssize_t i = piece->start; i < piece->stop; i += size) {
            const Py_UCS4 c = character(w->tree.data, kind, i, &size);
            if (is_blank(c)) {
                space = 1;
                continue;
            }
            if (space && to->size)
                put(to, kind, ' ');
            space = 0;
            put(to, kind, c);
        }
        space |= piece->tail;
    }
    return 0;
}

static int join(Work *w, Py_ssize_t first, Py_ssize_t stop, int hidden)
{
    if (w->tree.kind == PyUnicode_1BYTE_KIND)
        return join_body(w, first, stop, hidden, PyUnicode_1BYTE_KIND);
    if (w->tree.kind == PyUnicode_2BYTE_KIND)
        return join_body(w, first, stop, hidden, PyUnicode_2BYTE_KIND);
    return join_body(w, first, stop, hidden, PyUnicode_4BYTE_KIND);
}

/* The same as they stand, with spaces for tabs: "".join(pieces).expandtabs(4). */
static int put_verbatim(Work *w, Py_ssize_t first, Py_ssize_t stop)
{
    const int kind = w->tree.kind;
    Scratch *to = &w->scratch;
    unsigned column = 0;
    int size;
    to->size = 0;
    for (Py_ssize_t k = first; k < stop; k++) {
        const Piece *piece = &w->tree.pieces[k];
        if (w->gone[k])
            continue;
        if (reserve(to, kind, 4 * ((Py_ssize_t)piece->stop - piece->start + 1)) < 0)
            return -1;
        for (Py_ssize_t i = piece->start; i < piece->stop; i += size) {
            const Py_UCS4 c = character(w->tree.data, kind, i, &size);
            if (c == '\t') {
                do
                    put(to, kind, ' ');
                while (++column % 4);
                continue;
            }
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            put(to, kind, c);
        }
        if (piece->tail) {
            put(to, kind, ' ');
            column++;
        }
    }
    return 0;
}

static PyObject *taken(const Work *w, Py_ssize_t first, Py_ssize_t stop)
{
    return PyUnicode_FromKindAndData(w->tree.kind, w->scratch.text + first * w->tree.kind, stop - first);
}

/* Text that stands inside lines and does not show is taken out of them: said.taken_out. */
static int take_out(Work *w)
{
    const Tree *t = &w->tree;
    Py_ssize_t found = 0, k = 0;
    for (Py_ssize_t h = 0; h < w->hidden_count; h++) {
        Line *line = &w->hidden[h];
        while (k < t->count && t->pieces[k].node < line->where)
            k++;
        const Py_ssize_t first = k;
        while (k < t->count && t->pieces[k].node < t->end[line->where])
            k++;
        if (join(w, first, k, 1) < 0)
            return -1;
        if (w->scratch.size) {
            if (!(line->row = taken(w, 0, w->scratch.size)))
                return -1;
            line->size = w->scratch.size;
            w->hidden[found] = *line;
            if (found++ != h)
                line->row = NULL;
        }
        for (Py_ssize_t gone = first; gone < k; gone++)
            if (t->pieces[gone].length) {
                w->gone[gone] = 1;
                t->pieces[gone].length = 0;
            }
    }
    w->hidden_count = found;
    return 0;
}

/* ---- lines ---- */

static int add_line(Work *w, Line line)
{
    if (!line.row)
        return -1;
    if (make_room_for(&w->lines, w->count, &w->room, sizeof(Line)) < 0) {
        Py_DECREF(line.row);
        return no_memory();
    }
    w->lines[w->count++] = line;
    return 0;
}

/* lines._forces */
static void part_nodes(Work *w)
{
    const Tree *t = &w->tree;
    const Reader *r = w->reader;
    for (Py_ssize_t i = 0; i < t->nodes; i++) {
        const int tag = t->tag[i], inner = w->is[i] & INNER_LIST;
        const uint8_t begin = inner ? LINES : r->begin[tag], end = inner ? 0 : r->end[tag];
        if (begin > w->force[i])
            w->force[i] = begin;
        if (end > w->force[t->end[i]])
            w->force[t->end[i]] = end;
    }
}

/* Add the lines that a <pre> has between two pieces of its text: lines._verbatim. */
static int add_verbatim(Work *w, Line line, Py_ssize_t stop)
{
    while (stop > line.first && !(w->is[w->tree.parent[w->tree.pieces[stop - 1].node]] & IN_PRE))
        stop--;
    if (put_verbatim(w, line.first, stop) < 0)
        return -1;
    const int kind = w->tree.kind;
    for (Py_ssize_t start = 0, end; start <= w->scratch.size; start = end + 1) {
        for (end = start; end < w->scratch.size && PyUnicode_READ(kind, w->scratch.text, end) != '\n';)
            end++;
        Py_ssize_t last = end;
        while (last > start && is_blank(PyUnicode_READ(kind, w->scratch.text, last - 1)))
            last--;
        if (last > start) {
            line.row = taken(w, start, last);
            if (add_line(w, line) < 0)
                return -1;
            line.parted = LINES;
        } else if (w->count) {
            line.parted = PARAGRAPHS;
        }
    }
    return 0;
}

/* Add a line made of the pieces from its first on. */
static int finish_line(Work *w, Line line, Py_ssize_t stop)
{
    const Tree *t = &w->tree;
    for (Py_ssize_t k = line.first; k < stop; k++) {
        const int in = w->is[t->parent[t->pieces[k].node]];
        line.linked += in & IN_LINK ? t->pieces[k].length : 0;
        line.strong += in & IN_BOLD ? t->pieces[k].length : 0;
    }
    if (w->is[t->parent[line.where]] & IN_PRE)
        return add_verbatim(w, line, stop);
    if (join(w, line.first, stop, 0) < 0)
        return -1;
    line.row = taken(w, 0, w->scratch.size);
    return add_line(w, line);
}

/* Break the text into lines: lines._broken. */
static int break_lines(Work *w)
{
    const Tree *t = &w->tree;
    Line line = {.first = -1};
    int32_t node = 0;
    int64_t links = 0;
    int breaks = 0, force = 0;
    for (Py_ssize_t k = 0; k <= t->count; k++) {
        int64_t linked = 0;
        const int32_t stop = k < t->count ? t->pieces[k].node : (int32_t)t->nodes - 1;
        for (; node <= stop; node++) {
            force = w->force[node] > force ? w->force[node] : force;
            breaks += t->tag[node] == w->reader->line_break;
            linked += t->tag[node] == w->reader->link && w->is[node] & HELD;
        }
        links += linked;
        if (k == t->count)
            break;
        const int in_pre = w->is[t->parent[t->pieces[k].node]] & IN_PRE;
        if (!t->pieces[k].length && !in_pre)
            continue;
        if (breaks > 1)
            force = PARAGRAPHS;
        if (line.first < 0)
            force = LINES;
        if (force) {
            if (line.first >= 0) {
                line.links = links;
                links = 0;
                if (finish_line(w, line, k) < 0)
                    return -1;
            }
            line = (Line){.where = t->pieces[k].node, .first = (int32_t)k, .parted = force};
        }
        force = breaks = 0;
    }
    if (line.first < 0)
        return 0;
    line.links = links;
    return finish_line(w, line, t->count);
}

/* Put cells that are short on one line: lines._join_cells. */
static int join_cells(Work *w)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t k = 0; k < w->count; k++) {
        Line *line = &w->lines[k], *to = count ? &w->lines[count - 1] : NULL;
        if (line->parted == CELLS && to && PyUnicode_READ_CHAR(line->row, 0) != ' ' &&
            PyUnicode_GET_LENGTH(to->row) + PyUnicode_GET_LENGTH(line->row) <= LONGEST_ROW) {
            PyObject *row = PyUnicode_FromFormat("%U | %U", to->row, line->row);
            if (!row) /* the lines not yet moved are still owned where they are */
                return -1;
            Py_SETREF(to->row, row);
            Py_CLEAR(line->row);
            to->linked += line->linked;
            to->links += line->links;
            to->strong += line->strong;
        } else if (count++ != k) {
            w->lines[count - 1] = *line;
            line->row = NULL;
        }
    }
    w->count = count;
    return 0;
}

/* How many lines begin before each node. */
static void count_before(Work *w)
{
    Py_ssize_t k = 0;
    for (Py_ssize_t i = 0; i <= w->tree.nodes; i++) {
        w->before[i] = (int32_t)k;
        while (k < w->count && w->lines[k].where == i)
            k++;
    }
}

/* The number that a list's first item has; -1 with an exception set. */
static int32_t first_number(Work *w, Py_ssize_t list)
{
    const int found = find_value(w, list, "start");
    if (found < 1 || !w->value.size || w->value.size > 6)
        return found < 0 ? -1 : 1;
    int32_t number = 0;
    for (Py_ssize_t i = 0; i < w->value.size; i++) {
        const int digit = Py_UNICODE_TODECIMAL(w->value.text[i]);
        if (digit < 0)
            return 1;
        number = 10 * number + digit;
    }
    return number;
}

/* Give items of lists their bullets and numbers: lines._mark_items. `mark` has a place for each line, `count` for each node. */
static int mark_items(Work *w, int32_t *mark, int32_t *count)
{
    const Tree *t = &w->tree;
    for (Py_ssize_t i = 0; i < t->nodes; i++) {
        if (t->tag[i] != w->reader->item || !(w->is[i] & HELD))
            continue;
        const int32_t around = t->parent[i], k = w->before[i];
        int32_t number = -1;
        if (t->tag[around] == w->reader->ordered) {
            if (count[around] < 0 && (count[around] = first_number(w, around)) < 0)
                return -1;
            number = count[around]++;
        }
        if (k < w->count && w->lines[k].where < t->end[i])
            mark[k] = number;
    }
    for (Py_ssize_t k = 0; k < w->count; k++) {
        if (mark[k] == -2)
            continue;
        PyObject *row = mark[k] < 0 ? PyUnicode_FromFormat("- %U", w->lines[k].row) : PyUnicode_FromFormat("%d. %U", (int)mark[k], w->lines[k].row);
        if (!row)
            return -1;
        Py_SETREF(w->lines[k].row, row);
    }
    return 0;
}

static int put_marks(Work *w)
{
    const Py_ssize_t nodes = w->tree.nodes;
    int32_t *room = PyMem_RawMalloc((size_t)(nodes + w->count) * sizeof(int32_t));
    if (!room)
        return no_memory();
    for (Py_ssize_t i = 0; i < nodes; i++)
        room[i] = -1;
    for (Py_ssize_t k = 0; k < w->count; k++)
        room[nodes + k] = -2;
    const int failed = mark_items(w, room + nodes, room);
    PyMem_RawFree(room);
    return failed;
}

/* Put what was hidden in a line below it: lines._with_hidden. */
static int put_hidden(Work *w)
{
    if (!w->hidden_count)
        return 0;
    const Py_ssize_t all = w->count + w->hidden_count;
    Line *lines = PyMem_RawMalloc((size_t)all * sizeof(Line));
    if (!lines)
        return no_memory();
    Py_ssize_t k = 0, h = 0;
    for (Py_ssize_t to = 0; to < all; to++)
        if (h < w->hidden_count && (k == w->count || w->lines[k].where >= w->hidden[h].where)) {
            w->is[w->hidden[h].where] |= IS_BLOCK;
            w->own[w->hidden[h].where] = w->reader->unseen;
            lines[to] = w->hidden[h++];
        } else {
            lines[to] = w->lines[k++];
        }
    w->hidden_count = 0;
    PyMem_RawFree(w->lines);
    w->lines = lines;
    w->count = w->room = all;
    count_before(w);
    return 0;
}

/* ---- columns ---- */

static int64_t *new_column(PyObject **array, Py_ssize_t rows, Py_ssize_t size)
{
    *array = PyByteArray_FromStringAndSize(NULL, rows * size * (Py_ssize_t)sizeof(int64_t));
    return *array ? (int64_t *)(void *)PyByteArray_AS_STRING(*array) : NULL;
}

/* What is known of blocks: lines._handed_down and the rest of it; their tags' names to `tags`. */
static PyObject *know_blocks(Work *w, PyObject *tags)
{
    const Tree *t = &w->tree;
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < t->nodes; i++)
        count += (w->is[i] & HELD) && (w->is[i] & IS_BLOCK);
    PyObject *array;
    int64_t *parent = new_column(&array, 7, count);
    if (!parent)
        return NULL;
    int64_t *depth = parent + count, *own = depth + count, *path = own + count, *like = path + count, *first = like + count, *end = first + count;
    int32_t number = 0;
    for (Py_ssize_t i = 0; i < t->nodes; i++) {
        const int32_t above = w->block[t->parent[i]];
        if (!((w->is[i] & HELD) && (w->is[i] & IS_BLOCK))) {
            w->block[i] = above;
            continue;
        }
        const int32_t b = w->block[i] = number++;
        const uint64_t bits = (uint64_t)w->own[i];
        own[b] = w->own[i];
        parent[b] = i ? above : 0;
        depth[b] = i ? depth[above] + 1 : 0;
        path[b] = i ? path[above] | own[b] : own[b];
        like[b] = i ? (int64_t)((((uint64_t)like[above] * 1000003) ^ (bits * 64 + (uint64_t)t->tag[i])) & UINT64_C(0x7FFFFFFFFFFF)) : 0;
        first[b] = w->before[i];
        end[b] = w->before[t->end[i]];
        if (PyList_Append(tags, PyTuple_GET_ITEM(w->reader->tag_names, t->tag[i])) < 0)
            Py_CLEAR(array);
        if (!array)
            return NULL;
    }
    return array;
}

/* What is known of lines: element, linked, links, strong, size. */
static PyObject *know_lines(const Work *w)
{
    PyObject *array;
    const Py_ssize_t n = w->count;
    int64_t *to = new_column(&array, 5, n);
    for (Py_ssize_t k = 0; to && k < n; k++) {
        const Line *line = &w->lines[k];
        to[k] = w->block[line->where];
        to[n + k] = line->linked < line->size ? line->linked : line->size;
        to[2 * n + k] = line->links;
        to[3 * n + k] = line->strong < line->size ? line->strong : line->size;
        to[4 * n + k] = line->size;
    }
    return array;
}

/* The rows, with a blank one where a paragraph's margin is, and the line of each to `array`: lines._rows. */
static PyObject *make_rows(const Work *w, PyObject **array)
{
    Py_ssize_t all = w->count, at = 0;
    for (Py_ssize_t k = 1; k < w->count; k++)
        all += w->lines[k].parted == PARAGRAPHS;
    int64_t *line = new_column(array, 1, all);
    PyObject *rows = line ? PyList_New(all) : NULL, *blank = rows ? PyUnicode_New(0, 0) : NULL;
    for (Py_ssize_t k = 0; blank && k < w->count; k++) {
        if (k && w->lines[k].parted == PARAGRAPHS) {
            line[at] = -1;
            PyList_SET_ITEM(rows, at++, Py_NewRef(blank));
        }
        line[at] = k;
        PyList_SET_ITEM(rows, at++, Py_NewRef(w->lines[k].row));
    }
    if (!blank)
        Py_CLEAR(rows);
    Py_XDECREF(blank);
    return rows;
}

static PyObject *make_all(Work *w, int64_t root_bits)
{
    if (know_nodes(w, root_bits) < 0 || take_out(w) < 0)
        return NULL;
    part_nodes(w);
    if (break_lines(w) < 0)
        return NULL;
    if (join_cells(w) < 0)
        return NULL;
    for (Py_ssize_t k = 0; k < w->count; k++)
        w->lines[k].size = PyUnicode_GET_LENGTH(w->lines[k].row);
    count_before(w);
    if (put_marks(w) < 0 || put_hidden(w) < 0)
        return NULL;
    PyObject *line = NULL, *rows = make_rows(w, &line), *tags = rows ? PyList_New(0) : NULL;
    PyObject *blocks = tags ? know_blocks(w, tags) : NULL, *lines = blocks ? know_lines(w) : NULL;
    PyObject *all = lines ? Py_BuildValue("OOOOOi", rows, line, lines, blocks, tags, w->tree.doubt) : NULL;
    Py_XDECREF(line);
    Py_XDECREF(rows);
    Py_XDECREF(tags);
    Py_XDECREF(blocks);
    Py_XDECREF(lines);
    return all;
}

static void clear(Work *w)
{
    for (Py_ssize_t k = 0; k < w->count; k++)
        Py_XDECREF(w->lines[k].row);
    for (Py_ssize_t k = 0; k < w->hidden_count; k++)
        Py_XDECREF(w->hidden[k].row);
    PyMem_RawFree(w->lines);
    PyMem_RawFree(w->hidden);
    PyMem_RawFree(w->is);
    PyMem_RawFree(w->force);
    PyMem_RawFree(w->own);
    PyMem_RawFree(w->block);
    PyMem_RawFree(w->before);
    PyMem_RawFree(w->gone);
    PyMem_RawFree(w->scratch.text);
    PyMem_RawFree(w->value.text);
    drop_tree(&w->tree);
}

/* html_lines(reader, markup, what the page's outermost element says) -> (rows, the line of each, columns of lines, columns
 * of blocks, tags of blocks, what there is doubt about); None if the tree cannot be told from the markup. */
PyObject *native_html_lines(PyObject *module, PyObject *args)
{
    PyObject *capsule, *markup, *found = NULL;
    long long root_bits;
    if (!PyArg_ParseTuple(args, "OUL", &capsule, &markup, &root_bits))
        return NULL;
    Work w = {.reader = get_reader(capsule)};
    if (!w.reader || !is_text(markup))
        return NULL;
    w.tree.data = PyUnicode_DATA(markup);
    w.tree.size = PyUnicode_GET_LENGTH(markup);
    w.tree.kind = PyUnicode_KIND(markup);
    const int read = read_tree(w.reader, &w.tree);
    const size_t n = (size_t)w.tree.nodes, pieces = (size_t)w.tree.count;
    if (read == 0)
        found = Py_NewRef(Py_None);
    else if (read < 0 || !(w.is = PyMem_RawCalloc(n, 1)) || !(w.force = PyMem_RawCalloc(n + 1, 1)) ||
             !(w.own = PyMem_RawMalloc(n * sizeof(int64_t))) || !(w.block = PyMem_RawCalloc(n, sizeof(int32_t))) ||
             !(w.before = PyMem_RawMalloc((n + 1) * sizeof(int32_t))) || !(w.gone = PyMem_RawCalloc(pieces + 1, 1)))
        PyErr_NoMemory();
    else
        found = make_all(&w, root_bits);
    clear(&w);
    return found;
}
