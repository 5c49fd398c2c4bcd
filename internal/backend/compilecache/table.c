// SPDX-License-Identifier: Apache-2.0

//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

#include "table.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

// The oldest version of the interface that this was tried with, and the last field of the table that is used here. The interface grows at its end while its
// major number stays.
enum { MAJOR = 0, OLDEST_MINOR = 81, USED = PJRT_STRUCT_SIZE(PJRT_Api, PJRT_Executable_DeserializeAndLoad) };

const PJRT_Api* revgn_table(const char* path) {
  void* library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) return NULL;
  const PJRT_Api* (*get)(void) = (const PJRT_Api* (*)(void))dlsym(library, "GetPjrtApi");
  const PJRT_Api* t = get == NULL ? NULL : get();
  if (t == NULL || t->struct_size < USED || t->pjrt_api_version.major_version != MAJOR || t->pjrt_api_version.minor_version < OLDEST_MINOR ||
      !t->PJRT_Client_Create || !t->PJRT_Client_Destroy || !t->PJRT_Client_Compile || !t->PJRT_Client_PlatformName || !t->PJRT_Client_PlatformVersion ||
      !t->PJRT_Client_AddressableDevices || !t->PJRT_LoadedExecutable_GetExecutable || !t->PJRT_Executable_Destroy || !t->PJRT_Executable_Serialize ||
      !t->PJRT_Executable_DeserializeAndLoad) {
    dlclose(library);
    return NULL;
  }
  return t;
}

const PJRT_Api* revgn_hook(const PJRT_Api* table) {
  PJRT_Api* copy = malloc(table->struct_size);  // kept until the process ends, as plugins are
  if (copy == NULL) return NULL;
  memcpy(copy, table, table->struct_size);
  copy->PJRT_Client_Create = revgnCreate;
  copy->PJRT_Client_Destroy = revgnDestroy;
  copy->PJRT_Client_Compile = revgnCompile;
  return copy;
}

// succeeded frees an error.
static bool succeeded(const PJRT_Api* table, PJRT_Error* e) {
  if (e == NULL) return true;
  PJRT_Error_Destroy_Args args = {.struct_size = PJRT_Error_Destroy_Args_STRUCT_SIZE, .error = e};
  table->PJRT_Error_Destroy(&args);
  return false;
}

bool revgn_describe(const PJRT_Api* table, PJRT_Client* client, revgn_client* out) {
  PJRT_Client_PlatformName_Args name = {.struct_size = PJRT_Client_PlatformName_Args_STRUCT_SIZE, .client = client};
  PJRT_Client_PlatformVersion_Args version = {.struct_size = PJRT_Client_PlatformVersion_Args_STRUCT_SIZE, .client = client};
  PJRT_Client_AddressableDevices_Args devices = {.struct_size = PJRT_Client_AddressableDevices_Args_STRUCT_SIZE, .client = client};
  if (!succeeded(table, table->PJRT_Client_PlatformName(&name)) || !succeeded(table, table->PJRT_Client_PlatformVersion(&version)) ||
      !succeeded(table, table->PJRT_Client_AddressableDevices(&devices))) {
    return false;
  }
  out->platform = (revgn_text){name.platform_name, name.platform_name_size};
  out->version = (revgn_text){version.platform_version, version.platform_version_size};
  out->devices = devices.num_addressable_devices;
  return true;
}

bool revgn_load(const PJRT_Api* table, PJRT_Client* client, const char* bytes, size_t size, PJRT_LoadedExecutable** out) {
  PJRT_Executable_DeserializeAndLoad_Args args = {.struct_size = PJRT_Executable_DeserializeAndLoad_Args_STRUCT_SIZE,
                                                  .client = client,
                                                  .serialized_executable = bytes,
                                                  .serialized_executable_size = size};
  if (!succeeded(table, table->PJRT_Executable_DeserializeAndLoad(&args)) || args.loaded_executable == NULL) return false;
  *out = args.loaded_executable;
  return true;
}

bool revgn_serialize(const PJRT_Api* table, PJRT_LoadedExecutable* executable, revgn_serialized* out) {
  PJRT_LoadedExecutable_GetExecutable_Args get = {.struct_size = PJRT_LoadedExecutable_GetExecutable_Args_STRUCT_SIZE, .loaded_executable = executable};
  if (!succeeded(table, table->PJRT_LoadedExecutable_GetExecutable(&get))) return false;
  PJRT_Executable_Serialize_Args args = {.struct_size = PJRT_Executable_Serialize_Args_STRUCT_SIZE, .executable = get.executable};
  bool ok = succeeded(table, table->PJRT_Executable_Serialize(&args));
  PJRT_Executable_Destroy_Args destroy = {.struct_size = PJRT_Executable_Destroy_Args_STRUCT_SIZE, .executable = get.executable};
  succeeded(table, table->PJRT_Executable_Destroy(&destroy));
  if (!ok) return false;
  *out = (revgn_serialized){{args.serialized_bytes, args.serialized_bytes_size}, args.serialized_executable, args.serialized_executable_deleter};
  return true;
}

void revgn_free(revgn_serialized* s) { s->free(s->owner); }

PJRT_Error* revgn_create(const PJRT_Api* table, PJRT_Client_Create_Args* args) { return table->PJRT_Client_Create(args); }

PJRT_Error* revgn_destroy(const PJRT_Api* table, PJRT_Client_Destroy_Args* args) { return table->PJRT_Client_Destroy(args); }

PJRT_Error* revgn_compile(const PJRT_Api* table, PJRT_Client_Compile_Args* args) { return table->PJRT_Client_Compile(args); }
