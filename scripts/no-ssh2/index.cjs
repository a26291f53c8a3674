exports.Client = class NoSshClient {};
