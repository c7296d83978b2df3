/* Lines in the forms they are looked up in: cleaner.fold.forms. */
#include "native.h"

enum { FORMS = 3, FOLDED = 0, SQUASHED, WORDY, LARGEST = 12, CHUNK = 256, BLOCK = 16 };

/* A character beyond ASCII: its folded form in UTF-8, and which bytes of it are there in the two others. */
typedef struct {
    char text[LARGEST];
    uint8_t size, known;
    uint16_t stays[FORMS];
} Character;

/* Characters met so far. What stands here depends on nothing but the version of Unicode. */
static Character *known[0x110000 / CHUNK];

/* Bytes that grow. */
typedef struct {
    PyObject *bytes;
    char *data;
    Py_ssize_t size, room;
} Text;

static int make_room(Text *text, Py_ssize_t more)
{
    if (text->room - text->size >= more)
        return 0;
    if (more > PY_SSIZE_T_MAX / 2 - text->room) {
        PyErr_NoMemory();
        return -1;
    }
    const Py_ssize_t room = 2 * text->room + more;
    if (!text->bytes)
        text->bytes = PyBytes_FromStringAndSize(NULL, room);
    else
        _PyBytes_Resize(&text->bytes, room);
    if (!text->bytes)
        return -1;
    text->data = PyBytes_AS_STRING(text->bytes);
    text->room = room;
    return 0;
}

/* Ask Python for the forms of a character. */
static int learn(PyObject *ask, Py_UCS4 c, Character *to)
{
    PyObject *forms = PyObject_CallFunction(ask, "C", (int)c);
    const char *text[FORMS];
    Py_ssize_t size[FORMS];
    if (!forms)
        return -1;
    int fine = PyTuple_Check(forms) && PyArg_ParseTuple(forms, "y#y#y#", &text[0], &size[0], &text[1], &size[1], &text[2], &size[2]);
    if (fine && size[0] <= LARGEST) {
        memcpy(to->text, text[0], (size_t)size[0]);
        to->size = (uint8_t)size[0];
        for (int form = FOLDED; form < FORMS; form++) {
            Py_ssize_t at = 0;
            to->stays[form] = 0;
            for (int i = 0; i < size[0] && at < size[form]; i++)
                if (text[0][i] == text[form][at]) {
                    to->stays[form] |= (uint16_t)(1 << i);
                    at++;
                }
            fine = fine && at == size[form];
        }
    } else if (fine)
        fine = 0;
    if (fine)
        to->known = 1;
    else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "the forms of a character are none");
    Py_DECREF(forms);
    return fine ? 0 : -1;
}

static const Character *character(PyObject *ask, Py_UCS4 c)
{
    Character **block = &known[c / CHUNK];
    if (!*block && !(*block = PyMem_RawCalloc(CHUNK, sizeof(Character)))) {
        PyErr_NoMemory();
        return NULL;
    }
    Character *found = *block + c % CHUNK;
    if (!found->known && learn(ask, c, found) < 0)
        return NULL;
    return found;
}

/* Of every ASCII character its small form, and whether it is there in the three forms. */
typedef struct {
    char small[128];
    uint8_t stays[FORMS][128];
} Ascii;

static void fill_ascii(Ascii *ascii)
{
    for (int c = 0; c < 128; c++) {
        int digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        ascii->small[c] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        ascii->stays[FOLDED][c] = 1;
        ascii->stays[SQUASHED][c] = (uint8_t)(digit || letter || c == '\n');
        ascii->stays[WORDY][c] = (uint8_t)(letter || c == '\n');
    }
}

/* Make characters of ASCII small; returns whether there is a digit among them. */
ALWAYS_INLINE int make_small_body(const uint8_t *from, Py_ssize_t size, uint8_t *to)
{
    uint8_t digits = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        const uint8_t c = from[i];
        to[i] = (uint8_t)(c | (uint8_t)((uint8_t)(c - 'A') < 26) << 5);
        digits |= (uint8_t)((uint8_t)(c - '0') < 10);
    }
    return digits;
}
BY_PROCESSOR(int, make_small, (const uint8_t *from, Py_ssize_t size, uint8_t *to), (from, size, to))

static void add_ascii(const Ascii *ascii, const uint8_t *from, Py_ssize_t size, Text *out)
{
    const uint8_t *stays = ascii->stays[SQUASHED];
    char *const folded = out[FOLDED].data + out[FOLDED].size, *const first = out[SQUASHED].data + out[SQUASHED].size;
    char *squashed = first, *wordy = out[WORDY].data + out[WORDY].size;
    const int digits = make_small(from, size, (uint8_t *)folded);
    for (Py_ssize_t i = 0; i < size; i++) {
        *squashed = folded[i];
        squashed += stays[(uint8_t)folded[i]];
    }
    if (!digits) {
        memcpy(wordy, first, (size_t)(squashed - first));
        wordy += squashed - first;
    } else
        for (const char *c = first; c < squashed; c++) {
            *wordy = *c;
            wordy += *c >= 'a';
        }
    out[FOLDED].size += size;
    out[SQUASHED].size = squashed - out[SQUASHED].data;
    out[WORDY].size = wordy - out[WORDY].data;
}

/* Put a form of a character at a place, and LARGEST bytes at most; what is behind it. */
ALWAYS_INLINE char *put(const Character *found, int form, char *to)
{
    const unsigned stays = found->stays[form];
    if (stays + 1 == 1u << found->size) {
        memcpy(to, found->text, LARGEST);
        return to + found->size;
    }
    for (int b = 0; b < found->size; b++)
        if (stays >> b & 1)
            *to++ = found->text[b];
    return to;
}

ALWAYS_INLINE int add_kind(const Ascii *ascii, PyObject *ask, int kind, const void *data, Py_ssize_t start, Py_ssize_t stop, Text *out)
{
    char *folded = out[FOLDED].data + out[FOLDED].size, *squashed = out[SQUASHED].data + out[SQUASHED].size;
    char *wordy = out[WORDY].data + out[WORDY].size; /* three of their own, since what is written might be where an array stands */
    for (Py_ssize_t i = start; i < stop; i++) {
        const Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (LIKELY(c < 128)) {
            const char small = ascii->small[c];
            *folded++ = *squashed = *wordy = small;
            squashed += ascii->stays[SQUASHED][c];
            wordy += ascii->stays[WORDY][c];
            continue;
        }
        const Character *found = character(ask, c);
        if (!found)
            return -1;
        folded = put(found, FOLDED, folded);
        squashed = put(found, SQUASHED, squashed);
        wordy = put(found, WORDY, wordy);
    }
    out[FOLDED].size = folded - out[FOLDED].data;
    out[SQUASHED].size = squashed - out[SQUASHED].data;
    out[WORDY].size = wordy - out[WORDY].data;
    return 0;
}

#if defined(__GNUC__) && defined(__x86_64__)
#define HAS_BLOCKS (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#define BLOCKS __attribute__((target("avx2,fma")))
#include <immintrin.h>

/* Of a byte's bits the places of those that are set, in order: what of eight characters stays. */
static uint8_t places[256][8];

static void fill_places(void)
{
    for (int bits = 1; bits < 256 && !places[255][7]; bits++)
        for (int i = 0, at = 0; i < 8; i++)
            if (bits >> i & 1)
                places[bits][at++] = (uint8_t)i;
}

/* Put those of BLOCK characters at a place whose bits are set; the place behind them. Up to BLOCK bytes are written. */
BLOCKS static inline char *put_block(__m128i block, unsigned bits, char *to)
{
    const unsigned first = bits & 255, second = bits >> 8;
    _mm_storel_epi64((__m128i *)to, _mm_shuffle_epi8(block, _mm_loadl_epi64((const __m128i *)places[first])));
    to += __builtin_popcount(first);
    block = _mm_srli_si128(block, BLOCK / 2);
    _mm_storel_epi64((__m128i *)to, _mm_shuffle_epi8(block, _mm_loadl_epi64((const __m128i *)places[second])));
    return to + __builtin_popcount(second);
}

/* BLOCK bytes without the first few, noughts behind the rest. */
BLOCKS static inline __m128i without(__m128i block, Py_ssize_t few)
{
    static const uint8_t from[2 * BLOCK] = {0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,
                                            128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128};
    return _mm_shuffle_epi8(block, _mm_loadu_si128((const __m128i *)(from + few)));
}

/* Add the first `count` of BLOCK characters of ASCII. Up to BLOCK bytes are written. */
BLOCKS static inline void add_block(__m128i block, int count, char **to)
{
    const __m128i capital = _mm_and_si128(_mm_cmpgt_epi8(block, _mm_set1_epi8('A' - 1)), _mm_cmplt_epi8(block, _mm_set1_epi8('Z' + 1)));
    block = _mm_or_si128(block, _mm_and_si128(capital, _mm_set1_epi8(32)));
    const __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(block, _mm_set1_epi8('a' - 1)), _mm_cmplt_epi8(block, _mm_set1_epi8('z' + 1)));
    const __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(block, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(block, _mm_set1_epi8('9' + 1)));
    const __m128i stays = _mm_or_si128(letter, _mm_cmpeq_epi8(block, _mm_set1_epi8('\n')));
    const unsigned wanted = (1u << count) - 1;
    const unsigned wordy = (unsigned)_mm_movemask_epi8(stays) & wanted, digits = (unsigned)_mm_movemask_epi8(digit) & wanted;
    _mm_storeu_si128((__m128i *)to[FOLDED], block);
    to[FOLDED] += count;
    to[SQUASHED] = put_block(block, wordy | digits, to[SQUASHED]);
    to[WORDY] = put_block(block, wordy, to[WORDY]);
}

/* add_ascii, BLOCK characters at a time. */
BLOCKS static void add_blocks(const uint8_t *from, Py_ssize_t size, Text *out)
{
    char *to[FORMS] = {out[FOLDED].data + out[FOLDED].size, out[SQUASHED].data + out[SQUASHED].size, out[WORDY].data + out[WORDY].size};
    Py_ssize_t i = 0;
    for (; i + BLOCK <= size; i += BLOCK)
        add_block(_mm_loadu_si128((const __m128i *)(from + i)), BLOCK, to);
    if (i < size && i)
        add_block(without(_mm_loadu_si128((const __m128i *)(from + size - BLOCK)), BLOCK - (size - i)), (int)(size - i), to);
    else if (i < size) {
        uint8_t few[BLOCK] = {0};
        memcpy(few, from, (size_t)size);
        add_block(_mm_loadu_si128((const __m128i *)few), (int)size, to);
    }
    for (int form = FOLDED; form < FORMS; form++)
        out[form].size = to[form] - out[form].data;
}

/* Of BLOCK characters of one byte or two, without the first few, add the ASCII that they begin with; how many that are. */
BLOCKS static inline int add_start(int kind, const void *from, Py_ssize_t few, char **to)
{
    __m128i block;
    unsigned beyond;
    if (kind == PyUnicode_1BYTE_KIND) {
        block = _mm_loadu_si128((const __m128i *)from);
        beyond = (unsigned)_mm_movemask_epi8(block);
    } else {
        const __m128i first = _mm_loadu_si128((const __m128i *)from), second = _mm_loadu_si128((const __m128i *)from + 1);
        const __m128i high = _mm_set1_epi16((short)0xff80), none = _mm_setzero_si128();
        beyond = 0xffff & ~(unsigned)_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(_mm_and_si128(first, high), none),
                                                              _mm_cmpeq_epi16(_mm_and_si128(second, high), none)));
        block = _mm_packus_epi16(_mm_andnot_si128(high, first), _mm_andnot_si128(high, second));
    }
    const int ascii = lowest_bit((uint64_t)(beyond | 1u << BLOCK) >> few);
    if (ascii)
        add_block(few ? without(block, few) : block, ascii, to);
    return ascii;
}

/* add_kind of characters of one byte or two, where what is ASCII is added BLOCK at a time. */
BLOCKS static int add_kind_blocks(PyObject *ask, int kind, const void *data, Py_ssize_t start, Py_ssize_t stop, Text *out)
{
    char *to[FORMS] = {out[FOLDED].data + out[FOLDED].size, out[SQUASHED].data + out[SQUASHED].size, out[WORDY].data + out[WORDY].size};
    while (start < stop) {
        uint16_t all[BLOCK] = {0};
        const Py_ssize_t few = stop - start < BLOCK ? BLOCK - (stop - start) : 0;
        const char *from = (const char *)data + (stop < BLOCK ? 0 : start - few) * kind;
        if (stop < BLOCK) {
            memcpy((char *)all + few * kind, (const char *)data + start * kind, (size_t)((stop - start) * kind));
            from = (const char *)all;
        }
        start += add_start(kind, from, few, to);
        for (Py_UCS4 c; start < stop && (c = PyUnicode_READ(kind, data, start)) >= 128; start++) {
            const Character *found = character(ask, c);
            if (!found)
                return -1;
            for (int form = FOLDED; form < FORMS; form++)
                to[form] = put(found, form, to[form]);
        }
    }
    for (int form = FOLDED; form < FORMS; form++)
        out[form].size = to[form] - out[form].data;
    return 0;
}
#else
#define HAS_BLOCKS 0
#define fill_places()
#define add_blocks(from, size, out)
#define add_kind_blocks(ask, kind, data, start, stop, out) 0
#endif

static int add_any(const Ascii *ascii, PyObject *ask, PyObject *line, Py_ssize_t start, Py_ssize_t stop, Text *out)
{
    const void *data = PyUnicode_DATA(line);
    const int kind = PyUnicode_KIND(line);
    if (HAS_BLOCKS && kind != PyUnicode_4BYTE_KIND)
        return add_kind_blocks(ask, kind, data, start, stop, out);
    switch (kind) {
    case PyUnicode_1BYTE_KIND:
        return add_kind(ascii, ask, PyUnicode_1BYTE_KIND, data, start, stop, out);
    case PyUnicode_2BYTE_KIND:
        return add_kind(ascii, ask, PyUnicode_2BYTE_KIND, data, start, stop, out);
    default:
        return add_kind(ascii, ask, PyUnicode_4BYTE_KIND, data, start, stop, out);
    }
}

static PyObject *as_line(const char *text, Py_ssize_t size, int is_ascii)
{
    PyObject *line;
    if (!is_ascii)
        return PyUnicode_DecodeUTF8(text, size, "surrogatepass");
    if ((line = PyUnicode_New(size, 127)))
        memcpy(PyUnicode_DATA(line), text, (size_t)size);
    return line;
}

/* forms(lines, ask) -> (folded, squashed, without digits, list of folded lines): bytes with a newline between lines, those folded
 * with one before the first too; `ask` gives three forms of a character. */
PyObject *native_forms(PyObject *module, PyObject *args)
{
    PyObject *lines, *ask, *folded = NULL, *result = NULL;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &lines, &ask))
        return NULL;
    Ascii ascii;
    fill_ascii(&ascii);
    fill_places();
    Text out[FORMS] = {{NULL, NULL, 0, 0}, {NULL, NULL, 0, 0}, {NULL, NULL, 0, 0}};
    const Py_ssize_t n = PyList_GET_SIZE(lines);
    if (!(folded = PyList_New(n)))
        return NULL;
    Py_ssize_t most = n + 1 + (CHUNK + 1) * LARGEST; /* as long as nearly all of it is ASCII */
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *line = item_of(lines, i);
        most += PyUnicode_Check(line) ? PyUnicode_GET_LENGTH(line) : 0;
    }
    for (int form = FOLDED; form < FORMS; form++)
        if (make_room(&out[form], most) < 0)
            goto done;
    out[FOLDED].data[out[FOLDED].size++] = '\n';
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *line = text_of(lines, i);
        if (!line)
            goto done;
        const Py_ssize_t length = PyUnicode_GET_LENGTH(line), start = out[FOLDED].size + (i > 0);
        const int is_ascii = PyUnicode_IS_ASCII(line);
        for (int form = FOLDED; form < FORMS; form++) {
            if (make_room(&out[form], (is_ascii ? length : 0) + 1 + BLOCK) < 0)
                goto done;
            if (i)
                out[form].data[out[form].size++] = '\n';
        }
        if (is_ascii && HAS_BLOCKS)
            add_blocks(PyUnicode_DATA(line), length, out);
        else if (is_ascii)
            add_ascii(&ascii, PyUnicode_DATA(line), length, out);
        else {
            Py_INCREF(line); /* asking may run any code */
            for (Py_ssize_t at = 0; at < length; at += CHUNK) {
                int failed = 0;
                for (int form = FOLDED; form < FORMS; form++)
                    failed |= make_room(&out[form], (CHUNK + 1) * LARGEST);
                if (failed || add_any(&ascii, ask, line, at, at + CHUNK < length ? at + CHUNK : length, out) < 0) {
                    Py_DECREF(line);
                    goto done;
                }
            }
            Py_DECREF(line);
            if (PyList_GET_SIZE(lines) != n) {
                PyErr_SetString(PyExc_RuntimeError, "the lines changed on the way");
                goto done;
            }
        }
        PyObject *text = as_line(out[FOLDED].data + start, out[FOLDED].size - start, is_ascii);
        if (!text)
            goto done;
        PyList_SET_ITEM(folded, i, text);
    }
    for (int form = FOLDED; form < FORMS; form++)
        if (_PyBytes_Resize(&out[form].bytes, out[form].size) < 0)
            goto done;
    result = PyTuple_Pack(FORMS + 1, out[FOLDED].bytes, out[SQUASHED].bytes, out[WORDY].bytes, folded);
done:
    for (int form = FOLDED; form < FORMS; form++)
        Py_XDECREF(out[form].bytes);
    Py_DECREF(folded);
    return result;
}
