"""S2: the current password of a session that was left open is not guessed either."""


def test_ten_wrong_current_passwords_and_the_eleventh_is_not_looked_at(signed_in):
    browser = signed_in("head")
    for _ in range(10):
        answer = browser.send("/me/password/", current="not the password", new="kelp otter heron 77")
        assert "The current password is not right" in answer.text

    answer = browser.send("/me/password/", current="heron juniper kelp 1942", new="kelp otter heron 77")

    assert answer.status_code == 422
    assert "Too many tries" in answer.text


def test_a_right_current_password_with_a_short_new_one_counts_as_no_try(signed_in):
    browser = signed_in("head")
    for _ in range(11):
        answer = browser.send("/me/password/", current="heron juniper kelp 1942", new="short")
        assert "12 characters" in answer.text
