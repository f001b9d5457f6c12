# SPDX-License-Identifier: MIT
# Toolchain file for Emscripten, any release from 3.1.6 (Debian 12, Ubuntu 24.04) on.
# Finds emcc on PATH, in $EMSDK or where distributions put it, and hands over to the platform file that came
# with it, so `cmake --preset wasm-simd` needs neither emcmake nor an activated SDK.

set(BH_EMCC_MIN 3.1.6)

find_program(BH_EMCC NAMES emcc
  PATHS "$ENV{EMSDK}/upstream/emscripten" /usr/share/emscripten /usr/lib/emscripten
  DOC "The Emscripten compiler" NO_CMAKE_FIND_ROOT_PATH)
if(NOT BH_EMCC)
  message(FATAL_ERROR
    "Emscripten was not found: emcc is neither on PATH nor in $EMSDK/upstream/emscripten.\n"
    "Install it (Debian and Ubuntu: apt-get install emscripten; or https://emscripten.org/docs/getting_started), "
    "or run `npm start`, which gets what is missing.")
endif()

# Programs of one installation stand side by side; what is on PATH may be a small script beside them.
get_filename_component(BH_EMCC_BIN "${BH_EMCC}" DIRECTORY)
get_filename_component(BH_EMCC_REAL "${BH_EMCC}" REALPATH)
get_filename_component(BH_EMCC_HOME "${BH_EMCC_REAL}" DIRECTORY)

# The toolchain file is read more than once per configure: ask the compiler only the first time.
if(NOT BH_EMCC_VERSION)
  execute_process(COMMAND "${BH_EMCC}" --version OUTPUT_VARIABLE BH_EMCC_OUTPUT ERROR_VARIABLE BH_EMCC_ERROR)
  if(NOT BH_EMCC_OUTPUT MATCHES "emcc[^\n]* ([0-9]+\\.[0-9]+\\.[0-9]+)")
    message(FATAL_ERROR "${BH_EMCC} does not run:\n${BH_EMCC_OUTPUT}${BH_EMCC_ERROR}")
  endif()
  set(BH_EMCC_VERSION "${CMAKE_MATCH_1}" CACHE INTERNAL "Release of BH_EMCC")
endif()
if(BH_EMCC_VERSION VERSION_LESS BH_EMCC_MIN)
  message(FATAL_ERROR "${BH_EMCC} is Emscripten ${BH_EMCC_VERSION}; Bellhop needs ${BH_EMCC_MIN} or later.")
endif()

# Where the platform file is: in the SDK, in Debian's package, in Homebrew's, in Arch's.
find_path(BH_EMSCRIPTEN_ROOT cmake/Modules/Platform/Emscripten.cmake
  PATHS "${BH_EMCC_HOME}" "${BH_EMCC_BIN}" "${BH_EMCC_HOME}/../share/emscripten" "${BH_EMCC_HOME}/../libexec"
        "$ENV{EMSDK}/upstream/emscripten" /usr/share/emscripten /usr/lib/emscripten
  NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(NOT BH_EMSCRIPTEN_ROOT)
  message(FATAL_ERROR "No cmake/Modules/Platform/Emscripten.cmake was found for ${BH_EMCC}; "
    "set -DBH_EMSCRIPTEN_ROOT=<the folder of your Emscripten that has cmake/ in it>.")
endif()

# Platform files of older releases call emcc, emar and em-config by bare name.
set(ENV{PATH} "${BH_EMCC_BIN}:$ENV{PATH}")
set(CMAKE_C_COMPILER "${BH_EMCC}")
set(CMAKE_AR "${BH_EMCC_BIN}/emar" CACHE FILEPATH "Emscripten ar")
set(CMAKE_RANLIB "${BH_EMCC_BIN}/emranlib" CACHE FILEPATH "Emscripten ranlib")
set(EMSCRIPTEN_ROOT_PATH "${BH_EMSCRIPTEN_ROOT}")

# What emcc must see in its environment when the generated build runs it.
set(BH_EMCC_ENV "")
# Debian keeps the JavaScript modules of emcc's optimiser (acorn) in its own place.
if(IS_DIRECTORY /usr/share/nodejs AND BH_EMSCRIPTEN_ROOT STREQUAL "/usr/share/emscripten")
  list(APPEND BH_EMCC_ENV "NODE_PATH=/usr/share/nodejs")
endif()
# emcc compiles its system libraries into a cache on first use. A cache this user cannot write to is replaced by one
# of our own, unless it is declared frozen, that is, complete (Debian's is).
if(NOT DEFINED ENV{EM_CACHE})
  foreach(key CACHE FROZEN_CACHE)
    execute_process(COMMAND "${BH_EMCC_BIN}/em-config" ${key}
      OUTPUT_VARIABLE BH_EM_${key} OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endforeach()
  if(EXISTS "${BH_EM_CACHE}" AND NOT BH_EM_FROZEN_CACHE)
    execute_process(COMMAND test -w "${BH_EM_CACHE}" RESULT_VARIABLE BH_EM_CACHE_READONLY)
    if(BH_EM_CACHE_READONLY)
      set(ENV{EM_CACHE} "${CMAKE_CURRENT_LIST_DIR}/build/out/emcache")
      file(MAKE_DIRECTORY "$ENV{EM_CACHE}")
    endif()
  endif()
endif()
if(DEFINED ENV{EM_CACHE})
  list(APPEND BH_EMCC_ENV "EM_CACHE=$ENV{EM_CACHE}")
endif()
if(BH_EMCC_ENV)
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env ${BH_EMCC_ENV})
  set(CMAKE_C_LINKER_LAUNCHER "${CMAKE_C_COMPILER_LAUNCHER}")
endif()

include("${BH_EMSCRIPTEN_ROOT}/cmake/Modules/Platform/Emscripten.cmake")

# Why this is not a plain toolchain file: emcc is a Python program that starts clang, and starting it 110 times is more work
# than compiling. Measured on two cores, a preset from scratch, Emscripten 3.1.6:
#     emcc as it is            19.5 s, 26.8 s of processor time
#     clang as emcc starts it   8.4 s, 11.2 s
# Both presets are built by whoever runs `npm start` first, and by every `npm test` after a change of a header. The modules
# are the same to the byte. So clang is started directly, with the flags emcc says it would give (emcc --cflags); linking
# stays emcc's. Where they cannot be found out, emcc compiles.
function(bh_find_clang)
  set(probe "${CMAKE_BINARY_DIR}/CMakeFiles/bh_probe")
  file(WRITE "${probe}.c" "int bh_probe;\n")
  set(emcc "${CMAKE_COMMAND}" -E env ${BH_EMCC_ENV} "${BH_EMCC}")
  execute_process(COMMAND ${emcc} --cflags OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND ${emcc} -v -c "${probe}.c" -o "${probe}.o" ERROR_VARIABLE said OUTPUT_QUIET)
  if(flags AND said MATCHES "\"?(/[^\"\n ]*clang[^\"\n ]*)\"? -target wasm32")
    set(CMAKE_C_COMPILE_OBJECT "\"${CMAKE_MATCH_1}\" ${flags} <DEFINES> <INCLUDES> <FLAGS> -o <OBJECT> -c <SOURCE>" PARENT_SCOPE)
  endif()
endfunction()
if(NOT CMAKE_C_COMPILE_OBJECT)
  bh_find_clang()
endif()
