/* The module: what Python calls.
 *
 * Each function does what the Python function of the same name does, which `install` has put behind it: whatever is
 * not done here, for a mistake in the data as well as for a type that is too rare, that one does from the start. So it
 * alone says what is wrong. What is raised here are MemoryError and what is no Exception.
 */
#include "module.h"
#include "calls.h"
#include "driver.h"
#include "layout.h"
#include "packed.h"
#include "proto.h"
#include "registry.h"

static PyMethodDef METHODS[FUNCTIONS + 8]; /* the first of them by Function */

PyObject *copied(PyObject *data)
{
    return PyByteArray_Check(data) || PyMemoryView_Check(data) ? PyBytes_FromObject(data) : NULL;
}

bool is_final(void)
{
    PyObject *type = PyErr_Occurred();
    if (LIKELY(type == NULL))
        return false;
    if (PyErr_GivenExceptionMatches(type, PyExc_Exception) && !PyErr_GivenExceptionMatches(type, PyExc_MemoryError)) {
        PyErr_Clear();
        return false;
    }
    return true;
}

NOINLINE PyObject *fall_back(State *state, Function function, PyObject *const *args, Py_ssize_t count,
                             PyObject *names)
{
    if (is_final())
        return NULL;
    state->fallen_back += !state->paused;
    if (state->fallbacks[function] == NULL)
        return PyErr_Format(PyExc_RuntimeError, "nothing is installed behind %s", METHODS[function].ml_name);
    return PyObject_Vectorcall(state->fallbacks[function], args, (size_t)count, names);
}

/* pause(on): whether everything is left to Python from now on. Returns how it was. */
static PyObject *pause_(PyObject *module, PyObject *on)
{
    State *state = PyModule_GetState(module);
    bool before = state->paused;
    int wanted = PyObject_IsTrue(on);
    if (wanted < 0)
        return NULL;
    state->paused = wanted;
    return PyBool_FromLong(before);
}

/* fallbacks(): how often a call was left to Python. */
static PyObject *fallbacks(PyObject *module, PyObject *unused)
{
    return PyLong_FromSsize_t(((State *)PyModule_GetState(module))->fallen_back);
}

/* Say of one of ours what the Python function says of itself. The text is made once, and stays with the process. */
static int describe(PyMethodDef *method, PyObject *function)
{
    PyObject *doc = PyObject_GetAttrString(function, "__doc__");
    const char *text = doc != NULL && PyUnicode_Check(doc) ? PyUnicode_AsUTF8(doc) : NULL;
    if (text != NULL && method->ml_doc[strlen(method->ml_doc) - 1] == '\n') {
        size_t size = strlen(method->ml_doc), more = strlen(text) + 1;
        char *whole = PyMem_RawMalloc(size + more);
        if (whole != NULL) {
            memcpy(whole, method->ml_doc, size);
            memcpy(whole + size, text, more);
            method->ml_doc = whole;
        }
    }
    Py_XDECREF(doc);
    return PyErr_Occurred() ? -1 : 0;
}

/* install(name, function): put the Python function behind ours, and return ours. */
static PyObject *install(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    const char *name;
    PyObject *function;
    if (!PyArg_ParseTuple(args, "sO", &name, &function))
        return NULL;
    for (int at = 0; at < FUNCTIONS; at++)
        if (strcmp(METHODS[at].ml_name, name) == 0) {
            if (describe(METHODS + at, function) < 0)
                return NULL;
            Py_XSETREF(state->fallbacks[at], Py_NewRef(function));
            return PyObject_GetAttrString(module, name);
        }
    return PyErr_Format(PyExc_ValueError, "there is no function %s", name);
}

/* A class that instances of ours are made of without its `__init__`, and two of its slots. */
static int know(PyObject **type, PyObject *given, const char *first, Py_ssize_t *one, const char *second,
                Py_ssize_t *other)
{
    PyObject *left = PyUnicode_InternFromString(first), *right = PyUnicode_InternFromString(second);
    int status = -1;
    if (left != NULL && right != NULL && PyType_Check(given)) {
        *one = slot_offset((PyTypeObject *)given, left);
        *other = *one < 0 ? -1 : slot_offset((PyTypeObject *)given, right);
        status = *other < 0 ? -1 : 0;
    }
    Py_XDECREF(left);
    Py_XDECREF(right);
    if (status == 0)
        Py_XSETREF(*type, Py_NewRef(given));
    else if (!PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "%R is no such class", given);
    return status;
}

/* know(resolve, resolve_message, UUID, SafeUUID.unknown, FrozenMap, array): the Python that plans and values are made
 * with.
 */
static PyObject *know_classes(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    PyObject *resolve, *resolve_message, *uuid, *safe, *map, *array;
    if (!PyArg_ParseTuple(args, "OOOOOO", &resolve, &resolve_message, &uuid, &safe, &map, &array))
        return NULL;
    if (know(&state->uuid_type, uuid, "int", &state->uuid_int, "is_safe", &state->uuid_is_safe) < 0
        || know(&state->map_type, map, "_entries", &state->map_entries, "_hash", &state->map_hash) < 0)
        return NULL;
    for (int kind = K_I8; kind < NUMBER_KINDS; kind++) {
        char letter = NUMBER_LETTERS[kind];
        PyObject *one = PyObject_CallFunction(array, "C(i)", letter, 0);
        Py_buffer buffer;
        if (one == NULL || PyObject_GetBuffer(one, &buffer, PyBUF_SIMPLE) < 0) {
            Py_XDECREF(one);
            return NULL;
        }
        bool fits = buffer.len == width_of(kind);
        PyBuffer_Release(&buffer);
        Py_DECREF(one);
        if (!fits)
            return PyErr_Format(PyExc_ImportError, "array('%c') has another width than expected", letter);
        Py_XSETREF(state->array_codes[kind], PyUnicode_FromStringAndSize(&letter, 1));
    }
    Py_XSETREF(state->uuid_safe, Py_NewRef(safe));
    Py_XSETREF(state->array_type, Py_NewRef(array));
    Py_XSETREF(state->resolve[THRIFT], Py_NewRef(resolve));
    Py_XSETREF(state->resolve[PROTOBUF], Py_NewRef(resolve_message));
    Py_RETURN_NONE;
}

/* know_begin(cls): MessageBegin, a tuple of four. */
static PyObject *know_begin(PyObject *module, PyObject *cls)
{
    State *state = PyModule_GetState(module);
    if (!PyType_Check(cls) || !PyType_IsSubtype((PyTypeObject *)cls, &PyTuple_Type)
        || ((PyTypeObject *)cls)->tp_basicsize != PyTuple_Type.tp_basicsize
        || ((PyTypeObject *)cls)->tp_alloc != PyType_GenericAlloc)
        return PyErr_Format(PyExc_TypeError, "%R is no plain tuple", cls);
    Py_XSETREF(state->begin_type, Py_NewRef(cls));
    Py_RETURN_NONE;
}

#define ENTRY(number, name, signature) \
    {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL | METH_KEYWORDS, #name signature "\n--\n\n"},

static PyMethodDef METHODS[FUNCTIONS + 8] = {
    EACH_FUNCTION(ENTRY)
    {"add", plan_add, METH_VARARGS, NULL},
    {"add_message", message_plan_add, METH_VARARGS, NULL},
    {"install", install, METH_VARARGS, NULL},
    {"pause", pause_, METH_O, NULL},
    {"fallbacks", fallbacks, METH_NOARGS, NULL},
    {"know", know_classes, METH_VARARGS, NULL},
    {"know_begin", know_begin, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int module_exec(PyObject *module)
{
    State *state = PyModule_GetState(module);
    if (layout_check() < 0 || (state->set_result = PyUnicode_InternFromString("set_result")) == NULL)
        return -1;
    for (int family = 0; family < FAMILIES; family++) {
        state->registries[family] = registry_new(256);
        if (state->registries[family] == NULL)
            return -1;
    }
    state->binary = PyUnicode_InternFromString("binary");
    state->compact = PyUnicode_InternFromString("compact");
    state->protocol = PyUnicode_InternFromString("protocol");
    state->deterministic = PyUnicode_InternFromString("deterministic");
    state->frombytes = PyUnicode_InternFromString("frombytes");
    state->nothing = PyTuple_New(0);
    state->no_bytes = PyBytes_FromStringAndSize(NULL, 0);
    if (!state->binary || !state->compact || !state->protocol || !state->deterministic || !state->frombytes
        || !state->nothing || !state->no_bytes)
        return -1;
    PyType_Spec *specs[] = {&CALLS_SPEC, &DRIVER_SPEC};
    for (size_t at = 0; at < sizeof(specs) / sizeof(*specs); at++) {
        PyObject *type = PyType_FromModuleAndSpec(module, specs[at], NULL);
        int status = type != NULL ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
        Py_XDECREF(type);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    for (int family = 0; family < FAMILIES; family++)
        Py_VISIT(state->resolve[family]);
    Py_VISIT(state->uuid_type);
    Py_VISIT(state->uuid_safe);
    Py_VISIT(state->map_type);
    Py_VISIT(state->array_type);
    Py_VISIT(state->begin_type);
    for (int at = 0; at < FUNCTIONS; at++)
        Py_VISIT(state->fallbacks[at]);
    return registry_traverse(state, visit, arg);
}

static int module_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    for (int family = 0; family < FAMILIES; family++)
        Py_CLEAR(state->resolve[family]);
    Py_CLEAR(state->uuid_type);
    Py_CLEAR(state->uuid_safe);
    Py_CLEAR(state->map_type);
    Py_CLEAR(state->array_type);
    Py_CLEAR(state->begin_type);
    for (int at = 0; at < FUNCTIONS; at++)
        Py_CLEAR(state->fallbacks[at]);
    state->paused = true; /* without plans and classes there is nothing that could be done here */
    return 0;
}

static void module_free(void *module)
{
    State *state = PyModule_GetState((PyObject *)module);
    module_clear((PyObject *)module);
    for (int kind = 0; kind < NUMBER_KINDS; kind++)
        Py_CLEAR(state->array_codes[kind]);
    Py_CLEAR(state->binary);
    Py_CLEAR(state->compact);
    Py_CLEAR(state->protocol);
    Py_CLEAR(state->deterministic);
    Py_CLEAR(state->frombytes);
    Py_CLEAR(state->set_result);
    Py_CLEAR(state->nothing);
    Py_CLEAR(state->no_bytes);
    registry_clear(state);
}

static PyModuleDef_Slot SLOTS[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED}, /* what threads share is locked (`LOCKED`, registry.c) */
#endif
    {0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT,
    .m_name = "kitexgen.runtime.wire._native",
    .m_doc = "Thrift and Protobuf codecs over generated records, compiled. "
             "`kitexgen.runtime.wire.native` is what uses it.",
    .m_size = sizeof(State),
    .m_methods = METHODS,
    .m_slots = SLOTS,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&MODULE); }
