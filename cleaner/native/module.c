/* cleaner.native._kernels: the module, and what its files share. */
#include "native.h"

void *take_buffer(Buffers *held, PyObject *object, Py_ssize_t items, size_t size, int writable)
{
    if (held->count == MOST_BUFFERS) {
        PyErr_SetString(PyExc_ValueError, "too many arrays");
        return NULL;
    }
    Py_buffer *view = &held->views[held->count];
    if (PyObject_GetBuffer(object, view, writable ? PyBUF_CONTIG : PyBUF_CONTIG_RO) < 0)
        return NULL;
    held->count++;
    if (view->len % (Py_ssize_t)size || (items >= 0 && view->len / (Py_ssize_t)size != items)) {
        PyErr_Format(PyExc_ValueError, "an array of %zd bytes where %zd things of %zu are expected", view->len, items, size);
        return NULL;
    }
    return view->buf;
}

void let_go(Buffers *held)
{
    while (held->count)
        PyBuffer_Release(&held->views[--held->count]);
}

static PyMethodDef methods[] = {
    {"make_tables", native_make_tables, METH_O, "Tables for look, decide and places."},
    {"make_network", native_make_network, METH_O, "A network for score, judge and decide."},
    {"look", native_look, METH_VARARGS, "cleaner.model.own.look"},
    {"score", native_score, METH_VARARGS, "cleaner.model.network.Network.score"},
    {"judge", native_judge, METH_VARARGS, "cleaner.model.features.place and cleaner.model.network.Network.score"},
    {"html_score", native_html_score, METH_VARARGS, "cleaner.model.html_network.HtmlNetwork.score"},
    {"make_reader", native_make_reader, METH_VARARGS, "What html_lines knows of tags and names."},
    {"html_lines", native_html_lines, METH_VARARGS, "cleaner.read.outline.outline and cleaner.read.lines.lines_of"},
    {"places", native_places, METH_VARARGS, "cleaner.model.places.measure_html"},
    {"second_look", native_second_look, METH_VARARGS, "cleaner.model.second.SecondLook.look"},
    {"html_choose", native_html_choose, METH_VARARGS, "cleaner.model.decide_html.choose"},
    {"taken", native_taken, METH_VARARGS, "cleaner.stages.place.taken"},
    {"utf8", native_utf8, METH_O, "Whether bytes are UTF-8."},
    {"holds", native_holds, METH_VARARGS, "Which of some words are in bytes."},
    {"guard", native_guard, METH_VARARGS, "What cleaner.read.guard.shallow asks of a page."},
    {"div_end", native_div_end, METH_VARARGS, "cleaner.read.streamed._div_end"},
    {"strays", native_strays, METH_VARARGS, "cleaner.read.guard._has_strays."},
    {"bare", native_bare, METH_VARARGS, "cleaner.read.bare.bare"},
    {"deep", native_deep, METH_VARARGS, "Whether cleaner.read.guard.shallow leaves something out."},
    {"decide", native_decide, METH_VARARGS, "cleaner.model.decide.decide"},
    {"blanks", native_blanks, METH_O, "How many blank lines stand above each line."},
    {"shorter", native_shorter, METH_VARARGS, "Lines of fewer characters."},
    {"size", native_size, METH_VARARGS, "Characters in lines."},
    {"text", native_text, METH_VARARGS, "cleaner.page.Page.text"},
    {"forms", native_forms, METH_VARARGS, "cleaner.fold.forms"},
    {"make_filter", native_make_filter, METH_VARARGS, "A filter for may_be or rows."},
    {"may_be", native_may_be, METH_VARARGS, "Lines that may be a key of a filter."},
    {"make_finder", native_make_finder, METH_O, "A finder for rows."},
    {"make_waker", native_make_waker, METH_VARARGS, "A waker for wake."},
    {"wake", native_wake, METH_VARARGS, "cleaner.rules.waker.Waker.woken"},
    {"rows", native_rows, METH_VARARGS, "cleaner.rules.rows.Rows.find"},
    {"marks", native_marks, METH_O, "cleaner.shown.marks_in_python"},
    {"odd", native_odd, METH_O, "cleaner.repair.look.Look.odd"},
    {"close_up", native_close_up, METH_VARARGS, "cleaner.repair.whitespace._closed_up"},
    {"words", native_words, METH_O, "cleaner.dumps.tally.words"},
    {"stretches", native_stretches, METH_VARARGS, "cleaner.repair.layout.stretches_in_python"},
    {"is_prose", native_is_prose, METH_VARARGS, "cleaner.stages.prose.is_prose"},
    {"prose", native_prose, METH_VARARGS, "cleaner.stages.prose.is_prose of each line"},
    {"any_opens", native_any_opens, METH_VARARGS, "cleaner.stages.tables.is_drawn_in_python"},
    {"going_on", native_going_on, METH_VARARGS, "cleaner.stages.prose.going_on_in_python"},
    {"signed", native_signed, METH_VARARGS, "Lines that may have the name of a site at their end."},
    {"repeats", native_repeats, METH_VARARGS, "cleaner.stages.repeats.repeats_in_python"},
    {"head_end", native_head_end, METH_VARARGS, "cleaner.stages.repeats.head_end_in_python"},
    {"edges", native_edges, METH_VARARGS, "cleaner.stages.repeats.edges_in_python"},
    {"make_keys", native_make_keys, METH_O, "Keys of lines, for solid, among, repeats, head_end, edges and earlier."},
    {"among", native_among, METH_VARARGS, "Which keys a line has that is kept."},
    {"both", native_both, METH_VARARGS, "Where two arrays of noughts and ones both have a one, or the first alone."},
    {"solid", native_solid, METH_O, "Keys that are not empty, and those of digits alone."},
    {"runs", native_runs, METH_VARARGS, "cleaner.stages.company.runs_in_python"},
    {"recall", native_recall, METH_VARARGS, "cleaner.rules.lookup.recall_in_python"},
    {"strike", native_strike, METH_VARARGS, "What cleaner.page.Page.apply does with simple marks."},
    {"filled", native_filled, METH_O, "Rows that are not blank."},
    {"earlier", native_earlier, METH_VARARGS, "cleaner.stages.passages.earlier_in_python"},
    {"longer", native_longer, METH_VARARGS, "cleaner.language.detect.longer_in_python"},
    {"weigh_words", native_weigh_words, METH_VARARGS, "cleaner.language.detect.weigh_words_in_python"},
    {"indented", native_indented, METH_VARARGS, "Lines that begin with a space, and whether one is a fence."},
    {NULL, NULL, 0, NULL},
};

uint64_t hash_seed;

/* The seed is drawn from Python's own, which PYTHONHASHSEED sets. */
static int fill(PyObject *module)
{
    uint64_t seed = 0;
    const char *names[] = {"cleaner.native", "_kernels"};
    for (int i = 0; i < 2; i++) {
        PyObject *name = PyUnicode_FromString(names[i]);
        const Py_hash_t hash = name ? PyObject_Hash(name) : -1;
        Py_XDECREF(name);
        if (hash == -1)
            return -1;
        seed = (seed ^ (uint64_t)hash) * UINT64_C(0x9E3779B97F4A7C15);
        seed ^= seed >> 29;
    }
    if (!hash_seed)
        hash_seed = seed;
    return PyModule_AddIntConstant(module, "API", NATIVE_API);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernels", "The loops of the package that cost most, in C.", 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void)
{
    return PyModuleDef_Init(&definition);
}
