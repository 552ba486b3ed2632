# How our own targets are compiled: C++20, warnings are errors, hardened, relocatable.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE})
endif()

# A program finds its LibTorch beside itself when both were copied, else where it was
# built. Beside itself is torch/lib or libtorch/lib next to the program, or next to the
# folder that holds it as convoy, convoy/bin/convoy or convoy/build/release/convoy; the
# wheel's NCCL and CUDA runtime lie in nvidia/ next to torch/. Programs in the build
# folder get the same list: CMake's own ends in an empty entry, which is the current
# folder, whatever lies there.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")
foreach(up "" "/.." "/../.." "/../../..")
  foreach(folder torch/lib libtorch/lib nvidia/nccl/lib nvidia/cu13/lib)
    list(APPEND CMAKE_INSTALL_RPATH "$ORIGIN${up}/${folder}")
  endforeach()
endforeach()
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)

add_library(convoy_flags INTERFACE)
target_compile_options(convoy_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wno-missing-field-initializers;-Wpedantic;-Wshadow;-Wnon-virtual-dtor;-Werror;-fstack-protector-strong>
  $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>
  $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-D_FORTIFY_SOURCE=2>)
target_include_directories(convoy_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_link_options(convoy_flags INTERFACE -Wl,-z,relro,-z,now)
if(CONVOY_SANITIZE)
  target_compile_options(convoy_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${CONVOY_SANITIZE};-fno-sanitize-recover=all;-fno-omit-frame-pointer;-O1;-g1>)
  target_link_options(convoy_flags INTERFACE -fsanitize=${CONVOY_SANITIZE})
endif()

# LibTorch for our targets: its headers are not ours to warn about.
add_library(convoy_torch INTERFACE)
target_include_directories(convoy_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
target_link_libraries(convoy_torch INTERFACE ${TORCH_LIBRARIES})
# libtorch.so exports a std::filesystem of its own (from a newer GCC) whose remove_all
# crashes when ours binds to it: the system's libstdc++ must be searched first.
target_link_options(convoy_torch INTERFACE
  -Wl,--push-state,--no-as-needed -lstdc++ -Wl,--pop-state)
# fmt 12 comes with the wheel; used header-only, since Debian's fmt 9 would clash.
target_compile_definitions(convoy_torch INTERFACE FMT_HEADER_ONLY=1)
