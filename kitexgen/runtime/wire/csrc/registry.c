/* The registry of plans, and what a plan needs its class to be. */
#include "registry.h"

#include <structmember.h>

#ifdef Py_GIL_DISABLED
#define LOCK_REGISTRY(state) PyMutex_Lock(&(state)->registry_lock)
#define UNLOCK_REGISTRY(state) PyMutex_Unlock(&(state)->registry_lock)
#else
#define LOCK_REGISTRY(state) ((void)0)
#define UNLOCK_REGISTRY(state) ((void)0)
#endif

Registry *registry_new(size_t size)
{
    Registry *registry = PyMem_Calloc(1, sizeof(Registry) + size * sizeof(Plan *));
    if (registry == NULL)
        PyErr_NoMemory();
    else
        registry->mask = size - 1;
    return registry;
}

static void put(Registry *registry, Plan *plan)
{
    size_t place = registry_place(plan->cls) & registry->mask;
    while (registry->plans[place] != NULL)
        place = (place + 1) & registry->mask;
    registry->count++;
    STORE_PLAN(&registry->plans[place], plan);
}

static int add(State *state, Family family, Plan *plan)
{
    if (registry_find(state, family, plan->cls) != NULL) {
        plan_free(plan);
        return 0;
    }
    Registry *registry = state->registries[family];
    if (2 * (registry->count + 1) > registry->mask) {
        Registry *larger = registry_new(2 * (registry->mask + 1));
        if (larger == NULL)
            return -1;
        for (size_t place = 0; place <= registry->mask; place++)
            if (registry->plans[place] != NULL)
                put(larger, registry->plans[place]);
        larger->older = registry;
        STORE_REGISTRY(state, family, larger);
        registry = larger;
    }
    put(registry, plan);
    return 0;
}

int registry_add(State *state, Family family, Plan *plan)
{
    plan_renew(plan);
    LOCK_REGISTRY(state);
    int status = add(state, family, plan);
    UNLOCK_REGISTRY(state);
    if (status < 0)
        plan_free(plan);
    return status;
}

static int traverse(Registry *registry, visitproc visit, void *arg)
{
    for (size_t place = 0; registry != NULL && place <= registry->mask; place++) {
        int stopped = registry->plans[place] == NULL ? 0 : plan_traverse(registry->plans[place], visit, arg);
        if (stopped)
            return stopped;
    }
    return 0;
}

int registry_traverse(State *state, visitproc visit, void *arg)
{
    int stopped = 0;
    for (int family = 0; family < FAMILIES && !stopped; family++)
        stopped = traverse(state->registries[family], visit, arg);
    return stopped;
}

static void clear(Registry *registry)
{
    for (size_t place = 0; registry != NULL && place <= registry->mask; place++)
        if (registry->plans[place] != NULL)
            plan_free(registry->plans[place]);
    while (registry != NULL) {
        Registry *older = registry->older;
        PyMem_Free(registry);
        registry = older;
    }
}

void registry_clear(State *state)
{
    for (int family = 0; family < FAMILIES; family++) {
        Registry *registry = state->registries[family];
        state->registries[family] = NULL;
        clear(registry);
    }
}

Py_ssize_t slot_offset(PyTypeObject *cls, PyObject *name)
{
    PyObject *found = PyObject_GetAttr((PyObject *)cls, name);
    if (found == NULL)
        return -1;
    Py_ssize_t offset = -1;
    if (Py_IS_TYPE(found, &PyMemberDescr_Type)) {
        PyMemberDef *member = ((PyMemberDescrObject *)found)->d_member;
        PyTypeObject *owner = ((PyMemberDescrObject *)found)->d_common.d_type;
        if (member->type == T_OBJECT_EX && !(member->flags & READONLY) && PyType_IsSubtype(cls, owner)
            && member->offset >= (Py_ssize_t)sizeof(PyObject)
            && member->offset + (Py_ssize_t)sizeof(PyObject *) <= cls->tp_basicsize)
            offset = member->offset;
    }
    Py_DECREF(found);
    if (offset < 0)
        PyErr_Format(PyExc_TypeError, "%s.%U is no slot", cls->tp_name, name);
    return offset;
}

/* Whether a record may be allocated here, its slots filled, and nothing else of it is left without a value. */
static bool has_nothing_but_slots(PyTypeObject *cls)
{
#ifdef Py_TPFLAGS_MANAGED_WEAKREF
    unsigned long odd = Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF;
#elif defined(Py_TPFLAGS_MANAGED_DICT)
    unsigned long odd = Py_TPFLAGS_MANAGED_DICT;
#else
    unsigned long odd = 0;
#endif
    return cls->tp_new == PyBaseObject_Type.tp_new && cls->tp_alloc == PyType_GenericAlloc && cls->tp_itemsize == 0
           && cls->tp_dictoffset == 0 && cls->tp_weaklistoffset == 0 && !(cls->tp_flags & odd)
           && (cls->tp_flags & Py_TPFLAGS_HAVE_GC) && (cls->tp_flags & Py_TPFLAGS_HEAPTYPE)
           && !(cls->tp_flags & Py_TPFLAGS_IS_ABSTRACT);
}

/* Whether `__new__` without arguments gives a new record: object's does, and that of exceptions. */
static bool makes_its_own(PyTypeObject *cls)
{
    return cls->tp_new == PyBaseObject_Type.tp_new || cls->tp_new == ((PyTypeObject *)PyExc_BaseException)->tp_new;
}

static int find_slots(Plan *plan)
{
    for (Field *field = plan->fields; field < plan->fields + plan->count; field++) {
        Py_ssize_t offset = slot_offset(plan->cls, field->attribute);
        if (offset < 0)
            return -1;
        field->offset = offset; /* always a slot, even when a walk is under way and a later field has none */
    }
    if (!plan->keeps_unknown)
        return 0;
    PyObject *name = PyUnicode_InternFromString("__unknown__");
    Py_ssize_t offset = name == NULL ? -1 : slot_offset(plan->cls, name);
    Py_XDECREF(name);
    if (offset < 0)
        return -1;
    plan->unknown = offset;
    return 0;
}

NOINLINE bool plan_renew(Plan *plan)
{
    PyTypeObject *cls = plan->cls;
    plan->can_write = plan->can_read = false;
    if (!Py_IS_TYPE(cls, &PyType_Type) || cls->tp_getattro != PyObject_GenericGetAttr || find_slots(plan) < 0) {
        PyErr_Clear();
        SET_PLAN_VERSION(plan, 0);
        return false;
    }
    plan->is_plain = has_nothing_but_slots(cls);
    plan->can_write = true;
    plan->can_read = plan->reads && makes_its_own(cls);
    SET_PLAN_VERSION(plan, VERSION_OF(cls));
    return PLAN_VERSION(plan) != 0;
}

NOINLINE Plan *plan_resolve(State *state, Family family, PyTypeObject *cls)
{
    if (state->resolve[family] == NULL)
        return NULL;
    PyObject *done = PyObject_CallOneArg(state->resolve[family], (PyObject *)cls);
    if (done == NULL)
        return NULL;
    Py_DECREF(done);
    return registry_find(state, family, cls);
}
