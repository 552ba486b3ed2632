# What `cmake --install` writes for a project of one's own: find_package(Convoy CONFIG)
# and Convoy::convoy (docs/extending.md). Beside it lies the program, installed by
# trainer/.
include(CMakePackageConfigHelpers)

set(convoy_package_folder lib/cmake/Convoy)
set_target_properties(convoy_trainer PROPERTIES EXPORT_NAME convoy)
foreach(part data nets distributed fmt)
  set_target_properties(convoy_${part} PROPERTIES EXPORT_NAME ${part})
endforeach()
target_compile_features(convoy_trainer INTERFACE cxx_std_20)
install(TARGETS convoy_trainer convoy_data convoy_nets convoy_distributed convoy_fmt
  EXPORT ConvoyTargets
  ARCHIVE DESTINATION lib
  INCLUDES DESTINATION include include/convoy)
install(EXPORT ConvoyTargets NAMESPACE Convoy:: DESTINATION ${convoy_package_folder})

# The headers of what can be added, and those that they include.
install(DIRECTORY nets/layers DESTINATION include/convoy/nets
  FILES_MATCHING PATTERN *.h PATTERN dropout_*.h EXCLUDE)
foreach(header data/augment/augmentation.h data/augment/random.h data/errors.h
    data/image/image.h data/importers/source.h nets/module.h nets/net.h nets/pass.h
    nets/registry.h trainer/extensions.h trainer/program.h)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION include/convoy/${folder})
endforeach()

get_filename_component(convoy_torch_root ${Torch_DIR}/../../.. ABSOLUTE)
configure_package_config_file(cmake/ConvoyConfig.cmake.in ConvoyConfig.cmake
  INSTALL_DESTINATION ${convoy_package_folder} NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(ConvoyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/ConvoyDependencies.cmake ${PROJECT_BINARY_DIR}/ConvoyConfig.cmake
    ${PROJECT_BINARY_DIR}/ConvoyConfigVersion.cmake
  DESTINATION ${convoy_package_folder})
