/* A page of HTML read from the markup that its parser writes: what tree.c, names.c and rows.c share. */
#ifndef CLEANER_TREE_H
#define CLEANER_TREE_H

#include "native.h"

/* What the markup of a tag asks of its reader: elements without an end tag; whose text is not escaped; that cannot be read
 * back from how they are written; of other languages, where all this is otherwise. */
enum { PLAIN, EMPTY, RAW, UNREADABLE, FOREIGN };
enum { NAME_SIZE = 16, NAME_SLOTS = 512, MOST_TAGS = 128, MOST_ROLES = 64, MOST_NODES = 64 };
/* What a tag does to the text around it: the columns of cleaner.read.quick._flags. */
enum { BLOCK = 1, BREAKS = 2, LIST = 4, BOLD = 8 };
/* How strongly two pieces of text are parted: cleaner.read.lines. */
enum { CELLS = 1, LINES, PARAGRAPHS };

typedef struct {
    char name[NAME_SIZE]; /* padded with noughts; empty: none */
    int16_t number;       /* of the tag; -1: it is left out with all in it */
    uint8_t kind;
} TagName;

/* cleaner.markup.words: stems, as an automaton over letters. */
enum { LETTERS = 28, LONGEST_VALUE = 300 };
typedef struct {
    int64_t bit;
    int32_t size, next; /* of those that end in the same state; -1: none */
    uint8_t begins, ends;
} Stem;

typedef struct {
    TagName names[NAME_SLOTS];
    int tags, text, link, line_break, reading, item, pre, ordered, division;
    uint8_t begin[MOST_TAGS], end[MOST_TAGS], flags[MOST_TAGS];
    int64_t bits[MOST_TAGS], hidden, unseen, sold, note, aside;
    int64_t asks; /* the bit of stems for whose sake Python is asked */
    PyObject *tag_names; /* a tuple */
    int roles;
    char role[MOST_ROLES][NAME_SIZE];
    int64_t role_bits[MOST_ROLES];
    Stem *stems;
    uint8_t letters[128];
    uint16_t *next; /* LETTERS for each state */
    uint8_t *stop;  /* of each state: whether stems end in it */
    int32_t *found, *shorter; /* of each state: its first stem or -1; the state of its longest ending with a stem, 0: none */
    PyObject *name_bits, *hides; /* what Python says of a class name, and of a style */
} Reader;

const Reader *get_reader(PyObject *capsule);
const TagName *find_tag(const Reader *reader, const char *name);

/* An attribute's value, without escapes. */
typedef struct {
    Py_UCS4 *text;
    Py_ssize_t size, room;
    int ascii;
} Value;

/* What a class or id says; -1 with an exception set. */
int64_t said_by_name(const Reader *reader, const Value *value);
int64_t said_by_style(const Reader *reader, const Value *value);
int64_t said_by_role(const Reader *reader, const Value *value);

/* Text between two tags. */
typedef struct {
    uint32_t start, stop; /* in the markup */
    int32_t node, length; /* characters without those blank at its ends */
    uint8_t tail;         /* a space stands behind it */
} Piece;

/* The columns of cleaner.read.outline.Outline. */
typedef struct {
    const void *data; /* the markup: characters of `kind` bytes */
    Py_ssize_t size;
    int kind;
    int32_t *tag, *parent, *end;
    uint32_t *from; /* of elements: where in the markup their attributes begin */
    Py_ssize_t nodes, room;
    Piece *pieces;
    Py_ssize_t count, pieces_room;
    int doubt; /* it holds styles (1), scripts (2) or others (4) of another language, whose text may look like tags */
} Tree;

/* Read markup: 1 if it was read, 0 if it cannot be, -1 if there is no memory. */
int read_tree(const Reader *reader, Tree *tree);
void drop_tree(Tree *tree);

/* Make room for one more thing of `size` bytes behind `count`; -1 if there is no memory. */
int make_room_for(void *array, Py_ssize_t count, Py_ssize_t *room, size_t size);

/* What an element is, or stands in. */
enum { IN_LINK = 1, IN_BOLD = 2, IN_PRE = 4, IN_LIST = 8, IN_UNSEEN = 16, HELD = 32, IS_BLOCK = 64, INNER_LIST = 128 };

/* What names said so far: the same stand on many elements of a page. */
enum { REMEMBERED = 256 };
typedef struct {
    Py_ssize_t start, size; /* in the markup; size 0: none */
    int64_t bits;
} Said;

/* A line in the making: cleaner.read.lines._Lines. */
typedef struct {
    PyObject *row;
    int32_t where, first; /* its first node, its first piece of text */
    int parted;
    int64_t linked, links, strong, size;
} Line;

/* Text in the making, of characters as wide as the markup's. */
typedef struct {
    char *text;
    Py_ssize_t size, room;
} Scratch;

typedef struct {
    const Reader *reader;
    Tree tree;
    uint8_t *is;           /* of each node */
    uint8_t *force;        /* how strongly text from each node on is parted from the text before it */
    int64_t *own;          /* what each element says */
    int32_t *block, *before; /* the innermost block around each node; how many lines begin before it */
    uint8_t *gone;         /* of each piece: it does not show */
    Line *lines;
    Py_ssize_t count, room;
    Line *hidden; /* what stands inside lines and does not show */
    Py_ssize_t hidden_count, hidden_room;
    Scratch scratch;
    Value value;
    Said remembered[REMEMBERED];
} Work;

/* What holds of nodes, and what they say; -1 with an exception set. */
int know_nodes(Work *work, int64_t root_bits);
/* The value of an attribute of an element as Value; 0 if it has none, -1 with an exception set. */
int find_value(Work *work, Py_ssize_t node, const char *wanted);
int no_memory(void);

/* str.isspace of one character: most have no need to be looked up. */
ALWAYS_INLINE int is_blank(Py_UCS4 c)
{
    return c > 0xA0 && (c < 0x1680 || c > 0x3000) ? 0 : Py_UNICODE_ISSPACE(c);
}

/* The character that stands at a place of text or of a value, and how much of the markup it takes. The parser writes no
 * other escapes than these. */
ALWAYS_INLINE Py_UCS4 character(const void *data, int kind, Py_ssize_t i, int *size)
{
    const Py_UCS4 c = PyUnicode_READ(kind, data, i);
    *size = 1;
    if (LIKELY(c != '&'))
        return c;
    switch (PyUnicode_READ(kind, data, i + 1)) {
    case 'a':
        *size = 5;
        return '&';
    case 'l':
        *size = 4;
        return '<';
    case 'g':
        *size = 4;
        return '>';
    case 'q':
        *size = 6;
        return '"';
    default:
        *size = 6;
        return 0xA0;
    }
}

#endif
