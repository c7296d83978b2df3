/* The tags of a page as the parser sees them: cleaner.read.guard._tags. */
#include "tags.h"

/* A vertical tab is no space to a parser of HTML. */
ALWAYS_INLINE int is_space(char c)
{
    return c == ' ' || (c >= 9 && c <= 13 && c != 11);
}

ALWAYS_INLINE int is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

int is_in(const char *list, const Tag *tag)
{
    return tag->size <= LONGEST_NAME && strstr(list, tag->name) != NULL;
}

int is_name(const Tag *tag, const char *name)
{
    return tag->size == (int)strlen(name) && !memcmp(tag->name + 1, name, (size_t)tag->size);
}

/* What ends the name of an attribute. */
static const uint8_t ENDS[256] = {[9] = 1, [10] = 1, [12] = 1, [13] = 1, [' '] = 1, ['/'] = 1, ['>'] = 1, ['='] = 1};

const char *past_value(const char *at, const char *end)
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
        return quote ? quote + 1 : NULL;
    }
    while (i < end && !is_space(*i) && *i != '>')
        i++;
    return i;
}

static int is_same(const Tag *one, const Tag *other)
{
    return one->size <= LONGEST_NAME && one->size == other->size && !memcmp(one->name, other->name, (size_t)one->size + 1);
}

const char *past_tag_name(const char *at, const char *end, Tag *tag)
{
    const char *i = at + 1;
    tag->closing = i < end && *i == '/';
    i += tag->closing;
    if (i >= end || !is_letter(*i))
        return NULL;
    int size = 0;
    for (; i < end && (!ENDS[(uint8_t)*i] || *i == '='); i++, size += size <= LONGEST_NAME)
        if (size < LONGEST_NAME)
            tag->name[size + 1] = *i >= 'A' && *i <= 'Z' ? (char)(*i | 32) : *i ? *i : 1; /* as NUL ends a string */
    const int shown = size < LONGEST_NAME ? size : LONGEST_NAME;
    tag->size = size;
    tag->name[0] = ' ';
    tag->name[shown + 1] = ' ';
    tag->name[shown + 2] = 0;
    return i;
}

const char *to_attribute(const char *at, const char *end)
{
    while (at < end && (is_space(*at) || (*at == '/' && !(at + 1 < end && at[1] == '>'))))
        at++;
    return at;
}

const char *past_attribute_name(const char *at, const char *end)
{
    for (at++; at < end && !ENDS[(uint8_t)*at];) /* it may begin with what ends others */
        at++;
    return at;
}

int past_end(const char *at, const char *end, Tag *tag)
{
    if (at >= end)
        return 0;
    tag->closes_itself = *at == '/';
    tag->stop = at + 1 + tag->closes_itself;
    return 1;
}

int read_tag(const char *at, const char *end, Tag *tag)
{
    if (!(at = past_tag_name(at, end, tag)))
        return 0;
    while ((at = to_attribute(at, end)) < end && *at != '>' && *at != '/') {
        const char *name = past_attribute_name(at, end), *value = past_value(name, end);
        at = value ? value : name;
    }
    return past_end(at, end, tag);
}

static const char *find(const char *at, const char *end, char c)
{
    return at < end ? memchr(at, c, (size_t)(end - at)) : NULL;
}

const char *past(const char *at, const char *end)
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

/* Whether the name of a tag stands at `at`, and ends there. */
static int is_start_of(const char *at, const char *end, const Tag *tag)
{
    if (end - at <= tag->size)
        return 0;
    for (int i = 0; i < tag->size; i++)
        if ((is_letter(at[i]) ? at[i] | 32 : at[i]) != tag->name[1 + i])
            return 0;
    return is_space(at[tag->size]) || at[tag->size] == '/' || at[tag->size] == '>';
}

static int is_end_of(const char *at, const char *end, const Tag *tag)
{
    return end - at > 1 && at[1] == '/' && is_start_of(at + 2, end, tag);
}

const char *past_text(const char *at, const char *end, const Tag *tag, const char **held)
{
    const int script = is_name(tag, "script"), plain = script || is_name(tag, "style");
    int escaped = 0;
    const char *stop = at;
    while ((stop = find(stop, end, '<'))) {
        if (is_end_of(stop, end, tag))
            break;
        if (!plain || (escaped && is_start_of(stop + 1, end, tag)))
            return NULL;
        escaped |= script && end - stop >= 4 && !memcmp(stop, "<!--", 4);
        stop++;
    }
    Tag closing;
    *held = stop ? stop : end;
    return stop && read_tag(stop, end, &closing) ? closing.stop : end;
}

const char *past_drawing(const char *at, const char *end, const Names *names, Py_ssize_t deepest, Tag *opened, const char **held)
{
    Py_ssize_t depth = 1;
    Tag tag;
    memcpy(opened[0].name, " svg ", 6);
    opened[0].size = 3;
    while (depth && depth < deepest && (at = find(at, end, '<'))) {
        *held = at;
        if (!read_tag(at, end, &tag)) {
            if (end - at >= 3 && !memcmp(at, "<![", 3))
                return NULL;
            at = past(at, end);
            continue;
        }
        at = tag.stop;
        if (tag.closing) {
            do { /* closes what was opened since, too; what the drawing has not opened may close what it stands in */
                if (!depth)
                    return NULL;
                depth--;
            } while (!is_same(&tag, &opened[depth]));
        } else if (is_name(&tag, "title") || is_name(&tag, "desc") || is_name(&tag, "style")) {
            const char *closing = find(at, end, '<');
            Tag other;
            if (!closing || !read_tag(closing, end, &other) || !other.closing || !is_same(&other, &tag))
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
