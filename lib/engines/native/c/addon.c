// The engine as a Node-API addon: run(buffer, firstWord, job) (see engine.h), misalignment(buffer), lanes, and
// processor: the features that this processor has.
#include "engine.h"
#include "processor.h"
#include "team.h"
#include "vector.h"
#include <node_api.h>

// Words from the beginning of an ArrayBuffer to the next cache line.
static napi_value misalignment(napi_env env, napi_callback_info info) {
  size_t count = 1, length;
  napi_value argument, result;
  void *memory;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok || napi_get_arraybuffer_info(env, argument, &memory, &length) != napi_ok) {
    napi_throw_type_error(env, NULL, "misalignment: expected an ArrayBuffer");
    return NULL;
  }
  napi_create_int32(env, (int32_t)((64 - (uintptr_t)memory % 64) % 64 / 4), &result);
  return result;
}

static napi_value run(napi_env env, napi_callback_info info) {
  size_t count = 3, length;
  napi_value arguments[3];
  void *memory;
  int32_t first, job;
  void *team;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, &team) != napi_ok || napi_get_arraybuffer_info(env, arguments[0], &memory, &length) != napi_ok ||
      napi_get_value_int32(env, arguments[1], &first) != napi_ok || napi_get_value_int32(env, arguments[2], &job) != napi_ok) {
    napi_throw_type_error(env, NULL, "run: expected an ArrayBuffer, its first word and the job's word");
    return NULL;
  }
  if (first < 0 || (size_t)first * 4 > length) {
    napi_throw_range_error(env, NULL, "run: expected a first word within the ArrayBuffer");
    return NULL;
  }
  napi_value problem;
  napi_create_int32(env, run_job((float *)memory + first, (int64_t)(length / 4) - first, job, team), &problem);
  return problem;
}

static void end(void *team) { close_team(team); }

NAPI_MODULE_INIT() {
  napi_value function, lanes;
  Team *team = open_team(); // of this environment, which is of one thread
  if (team && napi_add_env_cleanup_hook(env, end, team) != napi_ok) {
    close_team(team);
    team = NULL;
  }
  napi_create_function(env, "run", NAPI_AUTO_LENGTH, run, team, &function);
  napi_set_named_property(env, exports, "run", function);
  napi_create_function(env, "misalignment", NAPI_AUTO_LENGTH, misalignment, NULL, &function);
  napi_set_named_property(env, exports, "misalignment", function);
  napi_create_int32(env, LANES, &lanes);
  napi_set_named_property(env, exports, "lanes", lanes);
  const char *names[16];
  const size_t count = processor_features(names);
  napi_value features, name;
  napi_create_array_with_length(env, count, &features);
  for (size_t k = 0; k < count; k++) {
    napi_create_string_utf8(env, names[k], NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, features, (uint32_t)k, name);
  }
  napi_set_named_property(env, exports, "processor", features);
  return exports;
}
