<?php
/**
 * The plugin's settings, and how sending goes.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * A page below the panel's.
 */
class Settings_Page {

	const SLUG       = 'reprise-settings';
	const SAVE       = 'reprise_save';
	const DISCONNECT = 'reprise_disconnect';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		add_action( 'admin_menu', array( __CLASS__, 'add' ), 20 );
		add_action( 'admin_post_' . self::SAVE, array( __CLASS__, 'save' ) );
		add_action( 'admin_post_' . self::DISCONNECT, array( __CLASS__, 'disconnect' ) );
	}

	/**
	 * Add the page.
	 *
	 * @return void
	 */
	public static function add() {
		$words = __( 'Settings', 'reprise-for-woocommerce' );
		add_submenu_page( Admin_Page::SLUG, 'Reprise: ' . $words, $words, Admin_Page::CAPABILITY, self::SLUG, array( __CLASS__, 'show' ) );
	}

	/**
	 * The form.
	 *
	 * @return void
	 */
	public static function show() {
		if ( ! current_user_can( Admin_Page::CAPABILITY ) ) {
			return;
		}
		echo '<div class="wrap"><h1>' . esc_html__( 'Reprise: Settings', 'reprise-for-woocommerce' ) . '</h1>';
		// phpcs:ignore WordPress.Security.NonceVerification -- only a word that it was saved.
		if ( isset( $_GET['saved'] ) ) {
			echo '<div class="notice notice-success"><p>' . esc_html__( 'Saved.', 'reprise-for-woocommerce' ) . '</p></div>';
		}
		self::open_form( self::SAVE );
		echo '<table class="form-table" role="presentation">';
		self::show_reminders();
		self::show_box();
		self::show_beacon();
		self::show_chat();
		echo '</table>';
		submit_button();
		echo '</form>';
		self::show_state();
		echo '</div>';
	}

	/**
	 * The beginning of a form.
	 *
	 * @param string $action What it does.
	 * @return void
	 */
	private static function open_form( $action ) {
		echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '"><input type="hidden" name="action" value="' . esc_attr( $action ) . '">';
		wp_nonce_field( $action );
	}

	/**
	 * Whose address the app is told.
	 *
	 * @return void
	 */
	private static function show_reminders() {
		$choices = array(
			Preferences::CONSENTED => __( 'Only of shoppers who ticked the box', 'reprise-for-woocommerce' ),
			Preferences::TYPED     => __( 'Of everyone who types it at the checkout (in many countries, Germany among them, only lawful with consent)', 'reprise-for-woocommerce' ),
			Preferences::NOBODY    => __( 'Of nobody: carts stay anonymous', 'reprise-for-woocommerce' ),
		);
		echo '<tr><th scope="row">' . esc_html__( 'Email addresses for cart reminders', 'reprise-for-woocommerce' ) . '</th><td><fieldset>';
		foreach ( $choices as $value => $words ) {
			printf( '<label><input type="radio" name="reminders" value="%s"%s> %s</label><br>', esc_attr( $value ), checked( Preferences::all()['reminders'], $value, false ), esc_html( $words ) );
		}
		echo '</fieldset></td></tr>';
	}

	/**
	 * The box and its words.
	 *
	 * @return void
	 */
	private static function show_box() {
		$all = Preferences::all();
		echo '<tr><th scope="row">' . esc_html__( 'Box for news', 'reprise-for-woocommerce' ) . '</th><td>';
		printf( '<label><input type="checkbox" name="has_box" value="1"%s> %s</label>', checked( $all['has_box'], true, false ), esc_html__( 'Show it at the checkout and in the account; it is never ticked beforehand', 'reprise-for-woocommerce' ) );
		printf( '<p><label for="reprise-box-label">%s</label><br><input type="text" class="large-text" id="reprise-box-label" name="box_label" maxlength="200" value="%s" placeholder="%s"></p></td></tr>', esc_html__( 'Its words', 'reprise-for-woocommerce' ), esc_attr( $all['box_label'] ), esc_attr( Preferences::box_label() ) );
	}

	/**
	 * The watching of visits.
	 *
	 * @return void
	 */
	private static function show_beacon() {
		echo '<tr><th scope="row">' . esc_html__( 'Visits', 'reprise-for-woocommerce' ) . '</th><td>';
		printf( '<label><input type="checkbox" name="has_beacon" value="1"%s> %s</label></td></tr>', checked( Preferences::all()['has_beacon'], true, false ), esc_html__( 'Tell which products known customers look at, as far as your consent banner allows', 'reprise-for-woocommerce' ) );
	}

	/**
	 * The chat on the shop's pages.
	 *
	 * @return void
	 */
	private static function show_chat() {
		echo '<tr><th scope="row">' . esc_html__( 'Website chat', 'reprise-for-woocommerce' ) . '</th><td>';
		printf( '<label><input type="checkbox" name="has_chat" value="1"%s> %s</label></td></tr>', checked( Preferences::all()['has_chat'], true, false ), esc_html__( 'Show it on every page, once it is on in Reprise under Settings, Channels', 'reprise-for-woocommerce' ) );
	}

	/**
	 * Connected or not, what waits, what was lost.
	 *
	 * @return void
	 */
	private static function show_state() {
		echo '<h2>' . esc_html__( 'Connection', 'reprise-for-woocommerce' ) . '</h2>';
		if ( ! Connection::is_made() ) {
			echo '<p>' . esc_html__( 'Not connected yet.', 'reprise-for-woocommerce' ) . ' <a href="' . esc_url( admin_url( 'admin.php?page=' . Admin_Page::SLUG ) ) . '">' . esc_html__( 'Connect', 'reprise-for-woocommerce' ) . '</a></p>';
			return;
		}
		/* translators: %s: the app's address. */
		echo '<p>' . esc_html( sprintf( __( 'Connected with %s.', 'reprise-for-woocommerce' ), Connection::app_url() ) ) . '</p><ul class="ul-disc">';
		/* translators: %s: a number. */
		echo '<li>' . esc_html( sprintf( __( 'Signals that wait to be sent: %s', 'reprise-for-woocommerce' ), number_format_i18n( Outbox::waiting() ) ) ) . '</li>';
		/* translators: %s: a number. */
		echo '<li>' . esc_html( sprintf( __( 'Signals given up after ten tries: %s', 'reprise-for-woocommerce' ), number_format_i18n( (int) get_option( Outbox::LOST, 0 ) ) ) ) . '</li></ul>';
		self::open_form( self::DISCONNECT );
		submit_button( __( 'Disconnect', 'reprise-for-woocommerce' ), 'secondary' );
		echo '</form>';
	}

	/**
	 * Take the form.
	 *
	 * @return void
	 */
	public static function save() {
		self::allow( self::SAVE );
		// phpcs:ignore WordPress.Security.NonceVerification -- checked in allow; each field is checked in keep.
		Preferences::keep( array_filter( wp_unslash( $_POST ), 'is_string' ) );
		wp_safe_redirect( admin_url( 'admin.php?page=' . self::SLUG . '&saved=1' ) );
		exit;
	}

	/**
	 * Forget the connection; the app is told.
	 *
	 * @return void
	 */
	public static function disconnect() {
		self::allow( self::DISCONNECT );
		Sender::tell_now(
			'reprise.uninstalled',
			array(
				'at'     => Clock::iso(),
				'reason' => 'deactivated',
			)
		);
		Connection::forget();
		wp_safe_redirect( admin_url( 'admin.php?page=' . Admin_Page::SLUG ) );
		exit;
	}

	/**
	 * Only from our own form, and only who may manage the shop.
	 *
	 * @param string $action What is asked for.
	 * @return void
	 */
	private static function allow( $action ) {
		check_admin_referer( $action );
		if ( ! current_user_can( Admin_Page::CAPABILITY ) ) {
			wp_die( esc_html__( 'You may not do this.', 'reprise-for-woocommerce' ), '', array( 'response' => 403 ) );
		}
	}
}
