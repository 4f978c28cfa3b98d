"""Why a file as a whole is refused, in words that tell a seller what to do."""

from common.errors import Refused, gettext_noop


class FileRefused(Refused):
    """A file that is not imported at all; nothing was written."""

    code = "file_refused"
    status = 400


class FileNotFound(FileRefused):
    """There is no regular file that we may read."""

    code = "file_not_found"
    wording = gettext_noop(
        "%(name)s cannot be read: no such file, a folder, or no permission. Check the path."
    )


class FileEmpty(FileRefused):
    code = "file_empty"
    wording = gettext_noop("The file is empty. Download it again and import that one.")


class FileTooLarge(FileRefused):
    code = "file_too_large"
    wording = gettext_noop(
        "The file is larger than the desk reads (%(what)s: at most %(limit)s). "
        "Choose a shorter period in the seller centre and import the parts one by one."
    )


class FileDamaged(FileRefused):
    code = "file_damaged"
    wording = gettext_noop(
        "The file is damaged (%(what)s). Download it again; "
        "if that does not help, open it in Excel and save it as a new .xlsx file."
    )


class NotASpreadsheet(FileRefused):
    code = "not_a_spreadsheet"
    wording = gettext_noop(
        "This is not an .xlsx spreadsheet (%(what)s). "
        "Open it in Excel, choose Save As and the type .xlsx, and import that file."
    )


class NotACsv(FileRefused):
    code = "not_a_csv"
    wording = gettext_noop(
        "This is not a CSV file (%(what)s). Save it as CSV UTF-8 (or .csv.gz) and import that file."
    )


class PasswordMissing(FileRefused):
    code = "password_missing"
    wording = gettext_noop(
        "The file is protected with a password. "
        "Give the password that was set when it was downloaded (--password)."
    )


class PasswordWrong(FileRefused):
    code = "password_wrong"
    wording = gettext_noop(
        "The password does not open this file. "
        "Give the password that was set when this file was downloaded."
    )


class ProtectionUnknown(FileRefused):
    code = "protection_unknown"
    wording = gettext_noop(
        "The file is protected in a way the desk cannot open. "
        "Open it in Excel, remove the protection, save it as .xlsx and import that file."
    )


class ColumnsWrong(FileRefused):
    """Needed columns are missing or stand twice; names every one of them."""

    code = "columns_wrong"
    wording = gettext_noop(
        "The columns do not fit. Missing: %(missing)s. Twice: %(doubled)s. "
        "Add or remove them in the column settings of the download, and download again."
    )


class FileChanged(FileRefused):
    code = "file_changed"
    wording = gettext_noop("The file changed while it was read. Start the import again.")
