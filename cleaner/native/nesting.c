/* Whether a page nests too deep, tag by tag as the parser sees them: cleaner.read.guard._tags. */
#include "native.h"

enum { LONGEST_NAME = 24, MOST_OPEN = 1024 };

typedef struct {
    const char *end;
    const char *light, *drawn, *formatting, *text; /* names with a space before and behind each */
} Names;

/* A tag: what follows it, its name in small letters. */
typedef struct {
    const char *stop;
    char name[LONGEST_NAME + 3]; /* between two spaces; a longer one is cut short, and in no list */
    int size, closing, closes_itself;
} Tag;

ALWAYS_INLINE int is_space(char c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

ALWAYS_INLINE int is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static int is_in(const char *list, const Tag *tag)
{
    return tag->size <= LONGEST_NAME && strstr(list, tag->name) != NULL;
}

static int is_name(const Tag *tag, const char *name)
{
    return tag->size == (int)strlen(name) && !memcmp(tag->name + 1, name, (size_t)tag->size);
}

/* Past the value of an attribute whose name ends at `at`; `at` if it has none. */
static const char *past_value(const char *at, const char *end)
{
    const char *i = at;
    while (i < end && is_space(*i))
        i++;
    if (i == end || *i != '=')
        return at;
    for (i++; i < end && is_space(*i);)
        i++;
    if (i == end)
        return at;
    if (*i == '"' || *i == '\'') {
        const char *quote = memchr(i + 1, *i, (size_t)(end - i - 1));
        return quote ? quote + 1 : at;
    }
    while (i < end && !is_space(*i) && *i != '>')
        i++;
    return i;
}

/* guard._TAG at a <: 0 if no whole tag begins there. */
static int read_tag(const char *at, const char *end, Tag *tag)
{
    const char *i = at + 1;
    tag->closing = i < end && *i == '/';
    i += tag->closing;
    if (i >= end || !is_letter(*i))
        return 0;
    for (tag->size = 0; i < end && !is_space(*i) && *i != '/' && *i != '>'; i++, tag->size += tag->size <= LONGEST_NAME)
        if (tag->size < LONGEST_NAME)
            tag->name[tag->size + 1] = *i >= 'A' && *i <= 'Z' ? (char)(*i | 32) : *i ? *i : 1; /* as NUL ends a string */
    tag->name[0] = ' ';
    const int shown = tag->size < LONGEST_NAME ? tag->size : LONGEST_NAME;
    tag->name[shown + 1] = ' ';
    tag->name[shown + 2] = 0;
    while (i < end && *i != '>') {
        if (is_space(*i)) {
            i++;
        } else if (*i == '/') {
            if (i + 1 < end && i[1] == '>')
                break;
            i++;
        } else {
            for (i++; i < end && !is_space(*i) && *i != '/' && *i != '>' && *i != '=';)
                i++;
            i = past_value(i, end);
        }
    }
    if (i >= end)
        return 0;
    tag->closes_itself = *i == '/';
    tag->stop = i + 1 + tag->closes_itself;
    return 1;
}

static const char *find(const char *at, const char *end, char c)
{
    return at < end ? memchr(at, c, (size_t)(end - at)) : NULL;
}

/* guard._past */
static const char *past(const char *at, const char *end)
{
    const char next = at + 1 < end ? at[1] : 0, *found = at + 2 < end ? at + 2 : end;
    if (end - at >= 4 && !memcmp(at, "<!--", 4)) {
        while ((found = find(found, end, '>'))) {
            const char *dash = found[-1] == '!' ? found - 2 : found - 1;
            if (dash - 1 >= at + 2 && *dash == '-' && dash[-1] == '-')
                return found + 1;
            found++;
        }
        return end;
    }
    if (next == '!' || next == '?' || (next == '/' && !(at + 2 < end && is_letter(at[2])))) {
        found = find(found, end, '>');
        return found ? found + 1 : end;
    }
    return next == '/' || is_letter(next) ? end : at + 1;
}

/* guard._past_text: NULL if the element may hold more than text. */
static const char *past_text(const char *at, const char *end, const Tag *tag)
{
    const int script = is_name(tag, "script"), plain = script || is_name(tag, "style");
    const char *stop = at;
    while ((stop = find(stop, end, '<'))) {
        if (end - stop > tag->size + 2 && stop[1] == '/') {
            const char after = stop[2 + tag->size];
            int i = 0;
            while (i < tag->size && (is_letter(stop[2 + i]) ? stop[2 + i] | 32 : stop[2 + i]) == tag->name[1 + i])
                i++;
            if (i == tag->size && (is_space(after) || after == '/' || after == '>'))
                break;
        }
        if (!plain || (script && end - stop >= 4 && !memcmp(stop, "<!--", 4)))
            return NULL;
        stop++;
    }
    Tag closing;
    return stop && read_tag(stop, end, &closing) ? closing.stop : end;
}

/* guard._past_drawing: NULL if there is more in it than drawings have, or it is too deep. */
static const char *past_drawing(const char *at, const char *end, const Names *names, Py_ssize_t deepest, Tag *opened)
{
    Py_ssize_t depth = 1;
    Tag tag;
    memcpy(opened[0].name, " svg ", 6);
    opened[0].size = 3;
    while (depth && depth < deepest && (at = find(at, end, '<'))) {
        if (!read_tag(at, end, &tag)) {
            if (end - at >= 3 && !memcmp(at, "<![", 3))
                return NULL;
            at = past(at, end);
            continue;
        }
        at = tag.stop;
        if (tag.closing) {
            const int known = tag.size <= LONGEST_NAME && opened[depth - 1].size == tag.size;
            if (is_name(&tag, "svg"))
                while (!is_name(&opened[--depth], "svg"))
                    ;
            else if (known && !memcmp(tag.name, opened[depth - 1].name, (size_t)tag.size + 1))
                depth--;
        } else if (is_name(&tag, "title") || is_name(&tag, "desc") || is_name(&tag, "style")) {
            const char *closing = find(at, end, '<');
            Tag other;
            if (!closing || !read_tag(closing, end, &other) || !other.closing || other.size != tag.size ||
                memcmp(other.name, tag.name, (size_t)tag.size + 1))
                return NULL;
            at = other.stop;
        } else if (!is_name(&tag, "svg") && !is_in(names->drawn, &tag) && (tag.size > LONGEST_NAME || !strchr(tag.name, ':'))) {
            return NULL;
        } else if (!tag.closes_itself) {
            opened[depth++] = tag;
        }
    }
    return depth ? NULL : at;
}

static int is_deep(const char *at, const Names *names, Py_ssize_t deepest, Py_ssize_t most, Tag *opened)
{
    const char *end = names->end;
    Py_ssize_t depth = 0, formatting = 0;
    int plain = 1; /* nothing odd yet */
    Tag tag;
    while ((at = find(at, end, '<'))) {
        if (!read_tag(at, end, &tag)) {
            at = past(at, end);
            continue;
        }
        at = tag.stop;
        if (plain && !tag.closing) {
            const char *next = at;
            if (is_in(names->text, &tag))
                next = past_text(at, end, &tag);
            else if (is_name(&tag, "svg") && !tag.closes_itself)
                next = past_drawing(at, end, names, deepest / 2, opened);
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
