/* Finding the plan of a class. */
#ifndef KX_REGISTRY_H
#define KX_REGISTRY_H

#include "state.h"

#ifdef Py_GIL_DISABLED
#define LOAD_REGISTRY(state, family) ((Registry *)_Py_atomic_load_ptr_acquire(&(state)->registries[family]))
#define STORE_REGISTRY(state, family, made) _Py_atomic_store_ptr_release(&(state)->registries[family], made)
#define LOAD_PLAN(place) ((Plan *)_Py_atomic_load_ptr_acquire(place))
#define STORE_PLAN(place, plan) _Py_atomic_store_ptr_release(place, plan)
#define VERSION_OF(cls) _Py_atomic_load_uint_relaxed(&(cls)->tp_version_tag)
#define PLAN_VERSION(plan) _Py_atomic_load_uint(&(plan)->version)
#define SET_PLAN_VERSION(plan, number) _Py_atomic_store_uint(&(plan)->version, number)
#else
#define LOAD_REGISTRY(state, family) ((state)->registries[family])
#define STORE_REGISTRY(state, family, made) ((state)->registries[family] = (made))
#define LOAD_PLAN(place) (*(place))
#define STORE_PLAN(place, plan) (*(place) = (plan))
#define VERSION_OF(cls) ((cls)->tp_version_tag)
#define PLAN_VERSION(plan) ((plan)->version)
#define SET_PLAN_VERSION(plan, number) ((plan)->version = (number))
#endif

static inline size_t registry_place(PyTypeObject *cls)
{
    return (size_t)(((uintptr_t)cls >> 4) * (uintptr_t)0x9E3779B97F4A7C15ULL >> 16);
}

static inline Plan *registry_find(State *state, Family family, PyTypeObject *cls)
{
    Registry *registry = LOAD_REGISTRY(state, family);
    for (size_t place = registry_place(cls) & registry->mask;; place = (place + 1) & registry->mask) {
        Plan *plan = LOAD_PLAN(&registry->plans[place]);
        if (LIKELY(plan != NULL && plan->cls == cls))
            return plan;
        if (plan == NULL)
            return NULL;
    }
}

/* Put a plan in; it is the registry's from now on, also when that fails: -1 with MemoryError. What is there stays. */
int registry_add(State *state, Family family, Plan *plan);
Registry *registry_new(size_t size);
int registry_traverse(State *state, visitproc visit, void *arg);
void registry_clear(State *state);

/* Look the slots up again: the class was changed since, or this is the first time. */
bool plan_renew(Plan *plan);

/* The plan of a class that has none yet, made in Python. NULL, with or without an exception, when it has none. */
Plan *plan_resolve(State *state, Family family, PyTypeObject *cls);

/* Whether the class is as it was when its slots were looked up. Its version changes with any change of it or a base. */
static inline bool plan_holds(Plan *plan)
{
    unsigned int version = PLAN_VERSION(plan);
    return LIKELY(version != 0 && version == VERSION_OF(plan->cls)) || plan_renew(plan);
}

static inline Plan *plan_of(State *state, Family family, PyTypeObject *cls)
{
    Plan *plan = registry_find(state, family, cls);
    return LIKELY(plan != NULL) ? plan : plan_resolve(state, family, cls);
}

/* The plan to read `cls` by, which Python gave. NULL, with or without an exception, for none. */
static inline Plan *plan_to_read(State *state, Family family, PyObject *cls)
{
    return UNLIKELY(state->paused) || UNLIKELY(!PyType_Check(cls)) ? NULL
                                                                   : plan_of(state, family, (PyTypeObject *)cls);
}

/* The plan of a record type within another. */
static inline Plan *plan_within(State *state, Family family, Type *type)
{
    Plan *plan = LOAD_PLAN(&type->plan);
    if (UNLIKELY(plan == NULL)) {
        plan = plan_of(state, family, (PyTypeObject *)type->cls);
        if (plan != NULL)
            STORE_PLAN(&type->plan, plan);
    }
    return plan;
}

#endif
