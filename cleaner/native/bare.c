/* A page without what nothing is read of: cleaner.read.bare. */
#include "tags.h"

/* Names with a space before and behind each, and for each letter the sizes of those that begin with it, as bits. */
typedef struct {
    const char *names;
    uint32_t sizes[32];
} List;

/* Elements whose inside is text; those that keep all attributes; the attributes that all keep; elements in which, or behind which, a
 * parser sees other tags than elsewhere; what drawings are made of, and room for those that are open in one. */
typedef struct {
    List text, whole, kept, odd;
    const char *drawn;
    Tag *opened;
    Py_ssize_t deepest;
} Lists;

enum { LONGEST_LISTED = 31 };

static List list_of(const char *names)
{
    List out = {names, {0}};
    for (const char *at = names + strspn(names, " "); *at; at += strspn(at, " ")) {
        const size_t size = strcspn(at, " ");
        if (size <= LONGEST_LISTED)
            out.sizes[*at & 31] |= UINT32_C(1) << size;
        at += size;
    }
    return out;
}

ALWAYS_INLINE int may_be_in(const List *list, char first, Py_ssize_t size)
{
    return size <= LONGEST_LISTED && list->sizes[first & 31] >> size & 1;
}

ALWAYS_INLINE int has(const List *list, const Tag *tag)
{
    return may_be_in(list, tag->name[1], tag->size) && is_in(list->names, tag);
}

/* Whether an attribute of this name is kept. */
ALWAYS_INLINE int is_kept(const List *kept, const char *at, Py_ssize_t size)
{
    char name[LONGEST_LISTED + 3] = " ";
    if (!may_be_in(kept, *at, size))
        return 0;
    for (Py_ssize_t i = 0; i < size; i++)
        name[i + 1] = at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] | 32) : at[i] ? at[i] : 1;
    name[size + 1] = ' ';
    return strstr(kept->names, name) != NULL;
}

/* Copy the attributes of a start tag that are kept, and what ends it, which is no longer than it was. Where the copy ends; NULL if
 * nothing ends the tag. */
ALWAYS_INLINE char *copy_attributes(const char *at, const char *end, const List *kept, Tag *tag, char *to)
{
    const char *copied = NULL; /* where the last that was copied ends */
    while ((at = to_attribute(at, end)) < end && *at != '>' && *at != '/') {
        const char *name = past_attribute_name(at, end), *value = past_value(name, end);
        if (!value)
            return NULL;
        if (is_kept(kept, at, name - at)) {
            if (at != copied)
                *to++ = ' ';
            memcpy(to, at, (size_t)(value - at));
            to += value - at;
            copied = value;
        }
        at = value;
    }
    if (!past_end(at, end, tag))
        return NULL;
    if (tag->closes_itself && copied && copied != at)
        *to++ = ' '; /* a value without quotes would have the stroke for its own */
    memcpy(to, at, (size_t)(tag->stop - at));
    return to + (tag->stop - at);
}

/* Past what an element holds, if that is read as text or is a drawing; `held` is where what is left out of it ends. NULL if the parser
 * may see other tags from here on than this does. */
static const char *past_inside(const Lists *lists, const char *end, const Tag *tag, const char **held)
{
    const char *at = tag->stop, *next = at, *inside = at;
    const Names names = {.end = end, .drawn = lists->drawn};
    if (has(&lists->text, tag)) {
        next = past_text(at, end, tag, &inside);
        if (is_name(tag, "script") || is_name(tag, "style"))
            *held = inside;
    } else if (is_name(tag, "svg")) {
        if (!tag->closes_itself)
            next = past_drawing(at, end, &names, lists->deepest, lists->opened, held);
    } else if (is_name(tag, "math") || is_name(tag, "plaintext")) {
        return NULL;
    }
    return next;
}

/* Whether there are tags of a set of frames. */
static int frames(const char *at, const char *end)
{
    Tag tag;
    for (; at < end && (at = memchr(at, '<', (size_t)(end - at))); at++)
        if (past_tag_name(at, end, &tag) && is_name(&tag, "frameset"))
            return 1;
    return 0;
}

/* Copy a page but for what is left out; the size of the copy. From where the parser may see other tags than this does all is copied. */
static Py_ssize_t strip(const char *html, const char *end, const Lists *lists, char *out)
{
    const char *at = html, *done = html, *held;
    char *to = out;
    int in_template = 0;
    Tag tag;
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        const char *name = past_tag_name(at, end, &tag);
        if (!name || tag.closing) {
            at = name && read_tag(at, end, &tag) ? tag.stop : past(at, end);
            continue;
        }
        const int odd = has(&lists->odd, &tag);
        if (odd && (is_name(&tag, "frameset") || (in_template && is_name(&tag, "col"))))
            break; /* behind which scripts and styles may be none */
        in_template |= odd && is_name(&tag, "template");
        memcpy(to, done, (size_t)(name - done));
        char *copied = to + (name - done);
        if (has(&lists->whole, &tag)) {
            if (!read_tag(at, end, &tag))
                break;
            memcpy(copied, name, (size_t)(tag.stop - name));
            copied += tag.stop - name;
        } else if (!(copied = copy_attributes(name, end, &lists->kept, &tag, copied)))
            break;
        held = tag.stop;
        const char *next = odd || has(&lists->text, &tag) ? past_inside(lists, end, &tag, &held) : held;
        if (!next)
            break;
        to = copied;
        done = held;
        at = next;
    }
    if (at && at < end && frames(at, end)) { /* whether they count depends on text before them, that of drawings too */
        to = out;
        done = html;
    }
    memcpy(to, done, (size_t)(end - done));
    return to - out + (end - done);
}

/* bare(html, deepest, text, drawn, whole, kept) -> bytes. Lists of names are bytes with a space before and behind each. */
PyObject *native_bare(PyObject *module, PyObject *args)
{
    PyObject *html;
    const char *text, *whole, *kept;
    Lists lists;
    if (!PyArg_ParseTuple(args, "Snyyyy", &html, &lists.deepest, &text, &lists.drawn, &whole, &kept))
        return NULL;
    if (lists.deepest < 2 || lists.deepest > MOST_OPEN) {
        PyErr_SetString(PyExc_ValueError, "a depth that is not known");
        return NULL;
    }
    lists.text = list_of(text);
    lists.whole = list_of(whole);
    lists.kept = list_of(kept);
    lists.odd = list_of(" svg math plaintext frameset template col ");
    lists.opened = PyMem_Malloc((size_t)lists.deepest * sizeof *lists.opened);
    PyObject *out = lists.opened ? PyBytes_FromStringAndSize(NULL, PyBytes_GET_SIZE(html)) : PyErr_NoMemory();
    if (out) {
        const char *at = PyBytes_AS_STRING(html);
        const Py_ssize_t size = strip(at, at + PyBytes_GET_SIZE(html), &lists, PyBytes_AS_STRING(out));
        if (size < PyBytes_GET_SIZE(html))
            _PyBytes_Resize(&out, size);
    }
    PyMem_Free(lists.opened);
    return out;
}
